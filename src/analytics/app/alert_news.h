#pragma once

#include <algorithm>
#include <deque>
#include <mutex>

#include "analytics/app/live_feed.h"
#include "analytics/domain/alert_json.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Tells of events of alerts that are stored: those who follow the topic, and the loop that calls webhooks. Each event
/// once, also when it comes from the store after it was told here. Safe between threads.
class AlertNews {
 public:
  explicit AlertNews(LiveFeed& feed) : feed_(feed) {}

  void tell(const TenantId& tenant, const AlertEvent& event) {
    if (!note(event.id)) return;
    feed_.publish(LiveTopic::alerts, tenant, event.id.to_string(), event_json(event));
    recorded_.notify_all();
  }
  /// It is no news: true when it was not known.
  bool note(AlertEventId event) {
    const std::scoped_lock lock(mutex_);
    if (std::ranges::find(known_, event) != known_.end()) return false;
    known_.push_back(event);
    if (known_.size() > most_known) known_.pop_front();
    return true;
  }
  /// Notified with each event.
  Notifier& recorded() { return recorded_; }

  /// Events that are remembered: more than are read from the store at once.
  static constexpr std::size_t most_known = 500;

 private:
  LiveFeed& feed_;
  Notifier recorded_;
  std::mutex mutex_;
  std::deque<AlertEventId> known_;
};

}  // namespace cloudcart::analytics
