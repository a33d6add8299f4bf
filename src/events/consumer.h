#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/event_spans.h"
#include "runtime/event_loop.h"

namespace cloudcart::events {

/// One who applies the log exactly once: effects and position are stored in one transaction.
class Consumer {
 public:
  virtual ~Consumer() = default;
  /// The position up to which everything has been applied; 0 at the beginning.
  virtual Task<Result<std::int64_t>> position(Deadline deadline) = 0;
  /// Applies `records` and moves the position to the last one, both or neither. Records at or below the
  /// stored position are skipped, so that a repeated call changes nothing.
  virtual Task<Status> apply(std::vector<LogRecord> records, Deadline deadline) = 0;
};

struct ConsumerOptions {
  std::size_t batch = 1000;       ///< records in one apply()
  milliseconds retry_delay{200};  ///< after an error; doubles up to 5 s
  /// The least time between two reads of what has just come. After a quiet moment a record is applied at once;
  /// in a busy one records come together, and an apply() with its transaction serves many. A full batch is
  /// followed by the next without a pause.
  milliseconds pace{20};
  EventTracing tracing = {};
};

/// Follows `log` into `consumer` until stopped: reads, applies, waits; each apply() is part of EventSpans of the group `name`. Errors are logged and retried for
/// ever; a record is never skipped.
Task<void> consume(std::string name, EventLog& log, Consumer& consumer, BackgroundLoops::StopFlag stop,
                   ConsumerOptions options = {});

/// Applies everything that is in the log now, and returns. For commands that work offline.
Task<Status> catch_up(EventLog& log, Consumer& consumer, ConsumerOptions options = {});

}  // namespace cloudcart::events
