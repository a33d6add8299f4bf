#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "events/event_log.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"

namespace cloudcart::events {

/// One who follows the log in this process.
struct Follower {
  std::string name;
  /// Up to where it has applied the log. What it captures outlives its calls.
  std::function<Task<Result<std::int64_t>>(Deadline)> position;
};

/// Looks each second how far everybody is behind, in events and in seconds, for metrics. Seconds are those for which the
/// log has held what a follower has not applied, as seen from here; the times that events carry say nothing of it, since
/// an import brings those of years ago.
class LagWatch {
 public:
  LagWatch(EventLog& log, std::vector<Follower> followers);

  /// It must live as long as anybody asks the metrics.
  void measure(Metrics& metrics) const;
  /// Until stopped. What cannot be asked now is asked again in a second; a follower that cannot tell stands where it stood.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// One look.
  Task<void> look();

 private:
  /// The log's end at a moment.
  struct Mark {
    MonotonicTime at;
    std::int64_t end;
  };
  struct Watched {
    explicit Watched(Follower f) : follower(std::move(f)) {}
    const Follower follower;
    std::int64_t known = 0;  ///< the position, as far as it could be asked
    std::atomic<std::int64_t> position{0};
    std::atomic<std::int64_t> events_behind{0};
    std::atomic<double> seconds_behind{0};
  };

  Task<void> look_at(Watched& watched, std::int64_t end, MonotonicTime now);
  void mark(std::int64_t end, MonotonicTime now);
  /// How long ago the log was first seen beyond `position`.
  double seconds_since(std::int64_t position, MonotonicTime now) const;

  EventLog& log_;
  std::vector<std::unique_ptr<Watched>> watched_;
  std::deque<Mark> marks_;  ///< where the end was another than before; bounded
};

}  // namespace cloudcart::events
