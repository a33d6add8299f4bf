#include "http/service_caller.h"

#include <algorithm>

#include "core/json_reader.h"
#include "http/problem.h"

namespace cloudcart::http {

Task<Result<boost::json::value>> ServiceCaller::get(TenantId tenant, std::string target, Deadline deadline) {
  return send(std::move(tenant), {.method = Method::get, .target = std::move(target)}, ErrorCode::unavailable,
              deadline);
}

Task<Result<boost::json::value>> ServiceCaller::post(TenantId tenant, std::string target, std::string json,
                                                     Deadline deadline) {
  ClientRequest request{.method = Method::post, .target = std::move(target), .body = std::move(json)};
  request.headers.set("Content-Type", "application/json");
  return send(std::move(tenant), std::move(request), ErrorCode::outcome_unknown, deadline);
}

Task<Result<boost::json::value>> ServiceCaller::send(TenantId tenant, ClientRequest request,
                                                     ErrorCode when_unreadable, Deadline deadline) {
  request.headers.set("Authorization", "Bearer " + token_(tenant));
  CLOUDCART_CO_TRY(const auto response, co_await service_.send(std::move(request), deadline));
  if (response.status < 200 || response.status > 299)
    co_return fail(error_of_response(response.status, response.body));
  auto body = parse_json(response.body);
  auto* answer = body ? body->if_object() : nullptr;
  if (!answer) co_return fail(when_unreadable, "The answer of another service is not understood.");
  auto* data = answer->if_contains("data");
  co_return data ? std::move(*data) : boost::json::value{};
}

Error ServiceCaller::for_caller(Error error, std::initializer_list<ErrorCode> meant) {
  constexpr std::array common{ErrorCode::unavailable, ErrorCode::overloaded, ErrorCode::deadline_exceeded,
                              ErrorCode::outcome_unknown};
  if (std::ranges::find(meant, error.code) != meant.end() ||
      std::ranges::find(common, error.code) != common.end())
    return error;
  return {ErrorCode::unavailable, "Another service does not do its part: " + error.message, {}};
}

}  // namespace cloudcart::http
