#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/domain/report.h"
#include "analytics/ports/counted_totals.h"
#include "core/caller.h"
#include "core/result.h"
#include "events/event_log.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// What one apply() did.
struct Applied {
  std::int64_t position = 0;        ///< reached
  std::size_t events = 0;           ///< beyond the position before
  std::vector<PlacedOrder> placed;  ///< orders that were not known to be placed before, in order of position
  std::size_t dead_letters = 0;     ///< of the events: those that could not be added up
};

/// How many placed orders are kept for placed_after().
constexpr std::size_t replay_bound = 500;

/// The OLAP store as the event log sees it; SalesCube is what is asked of it.
///
/// An event that cannot be added up becomes a dead letter (DeadLetters), and the rest goes on.
///
/// Ordering: the answers depend on the set of events applied, never on their order or on how often each came:
/// a cancellation may come before its creation, a status before an older one. Atomicity: apply() stores
/// effects and position in one transaction. Errors: unavailable, overloaded, deadline_exceeded; apply() also outcome_unknown,
/// after which position() tells.
class AnalyticsStore : public CountedTotals {
 public:
  /// Applies what is beyond the stored position and moves it to the last record; skips the rest.
  virtual Task<Result<Applied>> apply(std::vector<events::LogRecord> records, Deadline deadline) = 0;

  /// Orders placed at log positions beyond `after`, in order of position: the newest `replay_bound` at most.
  virtual Task<Result<std::vector<PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after,
                                                              Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
