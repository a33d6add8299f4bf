#include "adapters/http/privacy/http_erasure_feed.h"

#include <fmt/format.h>

#include "privacy/erasure_json.h"

namespace cloudcart::privacy {

Task<Result<ErasureBatch>> HttpErasureFeed::read(std::int64_t after, Deadline deadline) {
  const auto data =
      co_await user_service_.get({}, fmt::format("/internal/erasures?after={}", after), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  co_return parse_erasures(*data);
}

Task<Result<std::vector<Erasure>>> HttpErasureFeed::outstanding(Holder holder, Timestamp reported_before,
                                                                Deadline deadline) {
  const auto data =
      co_await user_service_.get({},
                                 fmt::format("/internal/erasures/outstanding?holder={}&reported_before={}",
                                             to_string(holder), to_unix_ms(reported_before)),
                                 deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  CLOUDCART_CO_TRY(auto batch, parse_erasures(*data));
  co_return std::move(batch.erasures);
}

Task<Status> HttpErasureFeed::report(ErasureReport report, Deadline deadline) {
  JsonWriter json;
  write_report(json, report);
  const auto data =
      co_await user_service_.post({}, "/internal/erasures/reports", std::move(json).str(), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  co_return Status{};
}

}  // namespace cloudcart::privacy
