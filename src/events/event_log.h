#pragma once

#include <cstdint>
#include <vector>

#include "core/caller.h"
#include "events/order_event.h"
#include "runtime/task.h"

namespace cloudcart::events {

struct LogRecord {
  std::int64_t position;  ///< grows with each record; need not be contiguous
  OrderEvent event;
};

/// The complete, ordered log of order events.
///
/// Ordering: records come in commit order; the events of one order in order of version. A record, once seen
/// at a position, never changes, and none appears later at or below a position that has been read. Errors:
/// unavailable, deadline_exceeded.
class EventLog {
 public:
  virtual ~EventLog() = default;
  /// Up to `limit` records with a position beyond `after`, in order; empty at the end.
  virtual Task<Result<std::vector<LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) = 0;
  /// The position of the newest record; 0 when there is none.
  virtual Task<Result<std::int64_t>> end_position(Deadline deadline) = 0;
  /// How many records lie beyond `after`; 0 exactly when read() would find none. For figures that people look at: an adapter
  /// may stop counting at a bound that it names, and answers the bound then.
  virtual Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) = 0;
  /// Waits until there is a record beyond `after` (true), or until `until` (false, and it may be wrong by a
  /// moment).
  virtual Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) = 0;
};

}  // namespace cloudcart::events
