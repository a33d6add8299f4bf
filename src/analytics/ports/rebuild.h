#pragma once

#include <cstdint>
#include <vector>

#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Builds the store's state a second time, from the beginning of the log, beside the one that is asked.
///
/// Until switch_over() no answer changes; from then on all come from the new state. Atomicity: the switch is one
/// transaction; a rebuild that was not switched is gone after a restart. AnalyticsStore::apply() goes on meanwhile. One
/// rebuild at a time. Errors: as AnalyticsStore::apply().
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  /// Begins; drops one that was begun before.
  virtual Task<Status> begin_rebuild(Deadline deadline) = 0;
  /// Applies records to the state that is being built, as AnalyticsStore::apply() does; answers the position reached.
  virtual Task<Result<std::int64_t>> apply_to_rebuild(std::vector<events::LogRecord> records,
                                                      Deadline deadline) = 0;
  /// Whether the new state may take the place of one that it is ahead of: where each process knows itself how far it has
  /// told of orders, and goes on from there. Else the orders in between would be kept from those who watch the old one.
  virtual bool may_be_ahead() const { return false; }
  /// False, and nothing changed, while the two states are not of one position, or the new one is behind where it may be ahead.
  virtual Task<Result<bool>> switch_over(Deadline deadline) = 0;
  /// Removes some of what no state that is asked or built needs any more; false when nothing was left.
  virtual Task<Result<bool>> remove_remains(Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
