#include "app/commands/served_users.h"

#include "core/json_reader.h"
#include "http/problem.h"

namespace cloudcart::app {
namespace {

constexpr seconds time_limit{60};

}  // namespace

Result<http::Response> ServedUsers::send(http::Method method, std::string target, std::string body) {
  http::ClientRequest request{.method = method, .target = std::move(target), .body = std::move(body)};
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  request.headers.set("Authorization", "Bearer " + ground_.tokens.sign_service());
  const auto deadline = ground_.clock.monotonic_now() + time_limit;
  CLOUDCART_TRY(auto response, loop_.run<Result<http::Response>>(
                                   [&] { return client_.send(std::move(request), deadline); }));
  if (response.status >= 300) return fail(http::error_of_response(response.status, response.body));
  return response;
}

Result<boost::json::value> ServedUsers::data(http::Method method, std::string target, std::string body) {
  CLOUDCART_TRY(const auto response, send(method, std::move(target), std::move(body)));
  CLOUDCART_TRY(const auto answer, parse_json(response.body));
  const auto* data = answer.is_object() ? answer.as_object().if_contains("data") : nullptr;
  if (!data) return fail(ErrorCode::unavailable, "The user service's answer is not understood.");
  return *data;
}

}  // namespace cloudcart::app
