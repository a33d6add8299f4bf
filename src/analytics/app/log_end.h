#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "events/event_log.h"

namespace cloudcart::analytics {

/// How many positions one who has applied the log up to `position` has before them; the known end may be an older one.
constexpr std::int64_t events_behind(std::int64_t end, std::int64_t position) {
  return std::max<std::int64_t>(0, end - position);
}

/// How far the event log reaches, asked at most once in a short while. When the log does not answer, the end
/// known last stands: reports are about what was applied, and go on without the log. Safe between threads.
class LogEnd {
 public:
  explicit LogEnd(events::EventLog& log) : log_(log) {}
  Task<std::int64_t> position(Deadline deadline);

 private:
  events::EventLog& log_;
  std::atomic<std::int64_t> end_{0};
  std::atomic<MonotonicTime> fresh_until_{MonotonicTime::min()};
};

}  // namespace cloudcart::analytics
