#include "adapters/http/auth/http_revocation_feed.h"

#include <fmt/format.h>

#include "auth/revocation_json.h"
#include "core/json_reader.h"
#include "http/problem.h"

namespace cloudcart::auth {

Task<Result<RevocationBatch>> HttpRevocationFeed::read(std::int64_t after, Deadline deadline) {
  http::ClientRequest request{.target = fmt::format("/internal/revocations?after={}", after)};
  request.headers.set("Authorization", "Bearer " + token_({}));
  CLOUDCART_CO_TRY(const auto response, co_await user_service_.send(std::move(request), deadline));
  if (response.status != 200) co_return fail(http::error_of_response(response.status, response.body));
  CLOUDCART_CO_TRY(const auto body, parse_json(response.body));
  const auto* object = body.if_object();
  const auto* data = object ? object->if_contains("data") : nullptr;
  if (!data) co_return fail(ErrorCode::unavailable, "The user service's answer is not understood.");
  co_return parse_revocations(*data);
}

}  // namespace cloudcart::auth
