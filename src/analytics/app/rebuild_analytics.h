#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "analytics/app/live_feed.h"
#include "analytics/ports/rebuild.h"
#include "core/clock.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Builds all figures anew from the log while the old ones are asked, then switches over. Safe between threads.
class RebuildAnalytics {
 public:
  enum class Phase : std::uint8_t { idle, running, done };
  /// The rebuild that runs, or the last one since the start of the process.
  struct Progress {
    Phase phase = Phase::idle;
    Timestamp started_at;
    std::optional<Timestamp> finished_at;
    std::int64_t position = 0;  ///< of the log, reached
    std::int64_t end = 0;       ///< that it has to reach
    std::string trouble;        ///< why it waits; empty when it does not
  };

  RebuildAnalytics(Rebuild& rebuild, AnalyticsStore& store, events::EventLog& log, LiveFeed& feed,
                   const Clock& clock)
      : rebuild_(rebuild), store_(store), log_(log), feed_(feed), clock_(clock) {}

  /// Asks for one; true unless one runs already.
  bool request();
  Progress progress() const;

  /// Clears away what an earlier process left, then does what is asked for, until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<void> rebuild_until_done(BackgroundLoops::StopFlag stop);
  /// One pass over the log, to the end.
  Task<Status> rebuild(BackgroundLoops::StopFlag stop);
  /// Applies what is next; true once the new state is the one that is asked.
  Task<Result<bool>> step();
  Task<void> clear_away(BackgroundLoops::StopFlag stop);
  void note(std::int64_t position, std::int64_t end);
  void note_trouble(std::string trouble);

  Rebuild& rebuild_;
  AnalyticsStore& store_;
  events::EventLog& log_;
  LiveFeed& feed_;
  const Clock& clock_;
  Notifier requested_;
  mutable std::mutex mutex_;
  Progress progress_;
};

}  // namespace cloudcart::analytics
