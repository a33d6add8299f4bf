#pragma once

#include <cstdint>

#include "analytics/domain/report.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// What analytics has counted of the event log, as it is held against the order ledger. Reads without effects. Errors:
/// unavailable, overloaded, deadline_exceeded.
class CountedTotals {
 public:
  virtual ~CountedTotals() = default;
  /// The position up to which everything has been applied; 0 at the beginning. One log for all shops.
  virtual Task<Result<std::int64_t>> position(Deadline deadline) = 0;
  /// Added up from what is stored, order by order, and not from what questions are answered with. All of one state.
  virtual Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
