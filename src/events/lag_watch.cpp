#include "events/lag_watch.h"

#include <algorithm>

#include "runtime/executor.h"

namespace cloudcart::events {
namespace {

constexpr seconds call_limit{5};
/// More are thinned out to the half: of what is long ago it need not be known to the second.
constexpr std::size_t most_marks = 1'024;

}  // namespace

LagWatch::LagWatch(EventLog& log, std::vector<Follower> followers) : log_(log) {
  for (auto& follower : followers) watched_.push_back(std::make_unique<Watched>(std::move(follower)));
}

void LagWatch::measure(Metrics& metrics) const {
  for (const auto& each : watched_) {
    const Metrics::Labels labels{{"consumer", each->follower.name}};
    metrics.gauge("cloudcart_consumer_events_behind",
                  "Events of the log that a consumer has not applied, as far as they are counted.", labels,
                  [&each = *each] { return static_cast<double>(each.events_behind.load()); });
    metrics.gauge("cloudcart_consumer_behind_seconds",
                  "For how long the log has held what a consumer has not applied.", labels,
                  [&each = *each] { return each.seconds_behind.load(); });
    metrics.gauge("cloudcart_consumer_position", "Up to where in the log a consumer has applied it.", labels,
                  [&each = *each] { return static_cast<double>(each.position.load()); });
  }
}

Task<void> LagWatch::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await look();
    co_await stop.sleep_for(seconds{1});
  }
}

Task<void> LagWatch::look() {
  const auto now = Executor::current()->now();
  const auto end = co_await log_.end_position(now + call_limit);
  if (end) mark(*end, now);
  // While the log cannot be asked, whoever was behind goes on being behind.
  for (const auto& each : watched_) co_await look_at(*each, marks_.empty() ? 0 : marks_.back().end, now);
}

Task<void> LagWatch::look_at(Watched& watched, std::int64_t end, MonotonicTime now) {
  const auto position = co_await watched.follower.position(now + call_limit);
  if (position) watched.known = *position;
  watched.position = watched.known;
  watched.seconds_behind = seconds_since(watched.known, now);
  if (watched.known >= end) {
    watched.events_behind = 0;
    co_return;
  }
  const auto behind = co_await log_.count_beyond(watched.known, now + call_limit);
  if (behind) watched.events_behind = *behind;
}

void LagWatch::mark(std::int64_t end, MonotonicTime now) {
  if (!marks_.empty() && marks_.back().end == end) return;
  marks_.push_back({now, end});
  if (marks_.size() <= most_marks) return;
  std::deque<Mark> thinned;
  for (std::size_t i = 0; i < marks_.size(); i += 2) thinned.push_back(marks_[i]);
  if (thinned.back().end != end) thinned.push_back(marks_.back());
  marks_ = std::move(thinned);
}

double LagWatch::seconds_since(std::int64_t position, MonotonicTime now) const {
  const auto first =
      std::ranges::find_if(marks_, [position](const Mark& mark) { return mark.end > position; });
  if (first == marks_.end()) return 0;
  return std::chrono::duration<double>(now - first->at).count();
}

}  // namespace cloudcart::events
