#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "events/event_log.h"

namespace cloudcart::analytics {

/// How far the event log reaches, asked at most once in a short while. When the log does not answer, the end
/// known last stands: reports are about what was applied, and go on without the log. Safe between threads.
class LogEnd {
 public:
  explicit LogEnd(events::EventLog& log) : log_(log) {}
  Task<std::int64_t> position(Deadline deadline);
  /// How many events one has before him who has applied everything up to `position`. Of those who go forward it is told
  /// again what was counted a short while ago.
  Task<std::int64_t> behind(std::int64_t position, Deadline deadline);

 private:
  events::EventLog& log_;
  std::atomic<std::int64_t> end_{0};
  std::atomic<MonotonicTime> fresh_until_{MonotonicTime::min()};

  struct Counted {
    std::int64_t position = 0, events = 0;
    MonotonicTime fresh_until = MonotonicTime::min();
  };
  std::mutex mutex_;
  Counted counted_;
};

}  // namespace cloudcart::analytics
