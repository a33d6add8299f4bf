#pragma once

#include "analytics/domain/report.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// The orders themselves, as the order service keeps them: what analytics is held against.
///
/// A read without effects that goes through every order of the shop: seconds for a million, so whoever asks sees to it
/// that it is not asked often. Errors: unavailable, overloaded, deadline_exceeded.
class Ledger {
 public:
  virtual ~Ledger() = default;
  /// Sums over orders and lines, never over events. `position` is that of the log's newest event of all shops in the very
  /// state that was added up: the sums hold the effect of every event up to it and of none beyond. Of what was placed
  /// and what was given back: `all` tells orders, units and amounts, a day its amounts alone; a shop without orders has
  /// no days. The log's dead letters are not known here.
  virtual Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
