#pragma once

#include "analytics/ports/analytics_store.h"
#include "core/caller.h"

namespace cloudcart::analytics {

/// What the rollups come to, in all and by day of UTC: for comparing with the order ledger.
class GetTotals {
 public:
  explicit GetTotals(AnalyticsStore& store) : store_(store) {}
  Task<Result<Totals>> operator()(Caller caller);

 private:
  AnalyticsStore& store_;
};

}  // namespace cloudcart::analytics
