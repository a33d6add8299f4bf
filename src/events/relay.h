#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "events/event_log.h"
#include "events/publisher.h"
#include "events/relay_progress.h"
#include "runtime/event_loop.h"

namespace cloudcart::events {

struct RelayOptions {
  std::size_t batch = 1000;             ///< records that are published together at most
  std::size_t lines = 20'000;           ///< that they hold together, unless one alone has more
  milliseconds lease{10'000};           ///< longer than publish_limit
  milliseconds publish_limit{5'000};    ///< for one batch
  milliseconds check_interval{10'000};  ///< between looks whether what was published is still there
  milliseconds retry_delay{100};        ///< after an error; doubles up to 5 s
};

/// Publishes the log in its order. The position is stored when a batch is published as a whole, so after a crash in
/// between it is published again with the same positions. Any number of relays may run; one at a time publishes, and
/// another goes on within a lease when it dies.
class Relay {
 public:
  Relay(EventLog& log, RelayProgress& progress, Publisher& publisher, std::string holder,
        RelayOptions options = {})
      : log_(log),
        progress_(progress),
        publisher_(publisher),
        holder_(std::move(holder)),
        options_(options) {}

  /// Until stopped. Errors are retried for ever and logged once in 30 s at most.
  Task<void> run(BackgroundLoops::StopFlag stop);

  /// Records that are not published yet, a few seconds old; as far as the log counts.
  std::int64_t events_behind() const { return behind_.load(); }
  /// Records that this relay has published.
  std::uint64_t events_published() const { return published_.load(); }
  /// Whether it is the one that publishes, as far as it knows.
  bool publishes() const { return held_.load(); }
  /// False while what was tried last has failed.
  bool is_well() const { return well_.load(); }

 private:
  Task<Status> follow(BackgroundLoops::StopFlag stop);
  Task<Result<bool>> take_over();
  Task<Status> publish_until_lost(BackgroundLoops::StopFlag stop);
  /// False when there is nothing to publish.
  Task<Result<bool>> publish_batch();
  Task<Status> keep();
  Task<void> count_behind();
  void note(const Error& error);
  Deadline limit(milliseconds time) const { return Executor::current()->now() + time; }

  EventLog& log_;
  RelayProgress& progress_;
  Publisher& publisher_;
  const std::string holder_;
  const RelayOptions options_;

  RelayState state_;
  std::atomic<bool> held_{false};
  MonotonicTime renewed_at_ = MonotonicTime::min();
  MonotonicTime checked_at_ = MonotonicTime::min();
  MonotonicTime counted_at_ = MonotonicTime::min();
  MonotonicTime noted_at_ = MonotonicTime::min();
  std::atomic<std::int64_t> behind_{0};
  std::atomic<std::uint64_t> published_{0};
  std::atomic<bool> well_{true};
};

}  // namespace cloudcart::events
