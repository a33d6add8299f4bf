#pragma once

#include "analytics/ports/ledger.h"
#include "http/service_caller.h"

namespace cloudcart::analytics {

/// Asks the order service: POST /internal/orders/ledger {"tenant"}.
class HttpLedger final : public Ledger {
 public:
  /// `token` gives the bearer token by which services of the platform know each other.
  HttpLedger(http::Client& order_service, http::ServiceToken token)
      : order_service_(order_service, std::move(token)) {}

  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  http::ServiceCaller order_service_;
};

}  // namespace cloudcart::analytics
