#pragma once

#include "analytics/ports/sales_cube.h"
#include "core/caller.h"

namespace cloudcart::analytics {

/// What the answers to all questions come to, in all and by day of UTC: for comparing with the order ledger.
/// AnalyticsStore::totals() is the same from what is stored.
class GetTotals {
 public:
  explicit GetTotals(SalesCube& cube) : cube_(cube) {}
  Task<Result<Totals>> operator()(Caller caller);

 private:
  Task<Result<Totals>> within(Caller caller, std::optional<Extent> extent);

  SalesCube& cube_;
};

}  // namespace cloudcart::analytics
