#pragma once

#include <cstddef>
#include <cstdint>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// What one step of compaction did.
struct Compaction {
  std::int64_t removed = 0;  ///< events
  bool more = false;         ///< there may be more to do now
};

/// Keeps the event log from growing for ever. An order that is delivered or cancelled changes no more, and its
/// last event tells how it ended; once that event is old, those between the first and the last are removed, but the one
/// that it was shipped: how long that took is told by nothing else. So whoever reads the log from its beginning still
/// learns of every order, of its end, and of all that figures are made of.
class EventRetention {
 public:
  virtual ~EventRetention() = default;
  /// Looks at up to `limit` events, in order of the log, from where the last call ended up to the first that
  /// is not older than `before`. One transaction; positions of what stays do not change, and none is given
  /// anew. Errors: unavailable, overloaded, deadline_exceeded, outcome_unknown.
  virtual Task<Result<Compaction>> compact(Timestamp before, std::size_t limit, Deadline deadline) = 0;
};

}  // namespace cloudcart::order
