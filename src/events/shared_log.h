#pragma once

#include <deque>
#include <exception>
#include <mutex>
#include <optional>

#include "events/event_log.h"
#include "runtime/notifier.h"

namespace cloudcart::events {

struct SharedLogOptions {
  std::size_t records = 4096;  ///< that are kept
  std::size_t lines = 40'000;  ///< that these may hold together
};

/// A log that several followers of a process read at about the same place: what one has read is kept for the others, and
/// of several that want what comes next one reads. Whoever is far behind reads by itself. Keeps what EventLog promises where `log`
/// does. Safe between threads.
class SharedEventLog final : public EventLog {
 public:
  explicit SharedEventLog(EventLog& log, SharedLogOptions options = {}) : log_(log), options_(options) {}

  Task<Result<std::vector<LogRecord>>> read(std::int64_t after, std::size_t limit,
                                            Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override { return log_.end_position(deadline); }
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override {
    return log_.count_beyond(after, deadline);
  }
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  /// Of what is kept: records beyond `after`.
  std::vector<LogRecord> kept_beyond(std::int64_t after, std::size_t limit) const;
  /// Reads beyond what is kept, while no other does.
  Task<Result<std::vector<LogRecord>>> read_on(std::int64_t after, std::size_t limit, Deadline deadline);
  void keep(std::int64_t after, const std::vector<LogRecord>& records);

  EventLog& log_;
  const SharedLogOptions options_;
  Notifier read_;
  mutable std::mutex mutex_;  ///< guards what follows
  std::deque<LogRecord> records_;
  std::size_t lines_ = 0;    ///< in records_
  std::int64_t begin_ = -1;  ///< every record of the log in (begin_, end_] is in records_
  std::int64_t end_ = -1;
  bool reading_ = false;  ///< someone reads on from end_
};

}  // namespace cloudcart::events
