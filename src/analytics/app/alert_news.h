#pragma once

#include "analytics/app/live_feed.h"
#include "analytics/domain/alert_json.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Tells of events of alerts that are stored: those who follow the topic, and the loop that calls webhooks. Safe
/// between threads.
class AlertNews {
 public:
  explicit AlertNews(LiveFeed& feed) : feed_(feed) {}

  void tell(const TenantId& tenant, const AlertEvent& event) {
    feed_.publish(LiveTopic::alerts, tenant, event.id.to_string(), event_json(event));
    recorded_.notify_all();
  }
  /// Notified with each event.
  Notifier& recorded() { return recorded_; }

 private:
  LiveFeed& feed_;
  Notifier recorded_;
};

}  // namespace cloudcart::analytics
