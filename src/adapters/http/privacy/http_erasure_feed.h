#pragma once

#include "http/service_caller.h"
#include "privacy/erasure_feed.h"

namespace cloudcart::privacy {

/// The erasures of a user service in another process: GET /internal/erasures, GET /internal/erasures/outstanding,
/// POST /internal/erasures/reports.
class HttpErasureFeed final : public ErasureFeed {
 public:
  HttpErasureFeed(http::Client& user_service, http::ServiceToken token)
      : user_service_(user_service, std::move(token)) {}
  Task<Result<ErasureBatch>> read(std::int64_t after, Deadline deadline) override;
  Task<Result<std::vector<Erasure>>> outstanding(Holder holder, Timestamp reported_before,
                                                 Deadline deadline) override;
  Task<Status> report(ErasureReport report, Deadline deadline) override;

 private:
  http::ServiceCaller user_service_;
};

}  // namespace cloudcart::privacy
