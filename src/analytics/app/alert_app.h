#pragma once

#include <atomic>

#include "analytics/app/check_alerts.h"
#include "analytics/app/deliver_alerts.h"
#include "analytics/app/hear_alerts.h"
#include "analytics/app/manage_alerts.h"

namespace cloudcart::analytics {

/// Alerts without their transport: the use cases, and the loops that check and deliver.
class AlertApp {
 public:
  struct Dependencies {
    AlertRepository& alerts;
    SalesCube& cube;
    events::EventLog& log;
    LiveFeed& feed;
    WebhookSender& sender;
    const Clock& clock;
    IdGenerator& ids;
    CheckAlerts::Options check = {};
    DeliverAlerts::Options delivery = {};
    const Leadership& leadership = sole_process();
    HearAlerts::Options hear = {};
  };
  explicit AlertApp(Dependencies with)
      : alerts_(with.alerts),
        news_(with.feed),
        manage(with.alerts, with.clock, with.ids, news_),
        check(with.alerts, with.cube, with.log, with.feed, with.clock, with.ids, news_, with.check,
              with.leadership),
        deliver(with.alerts, with.sender, with.clock, with.ids, news_.recorded(), with.delivery,
                with.leadership),
        hear(with.alerts, news_, with.clock, with.hear) {}
  AlertApp(const AlertApp&) = delete;
  AlertApp& operator=(const AlertApp&) = delete;

 private:
  AlertRepository& alerts_;
  AlertNews news_;
  std::atomic<std::int64_t> firing_{0}, pending_{0};

 public:
  ManageAlerts manage;
  CheckAlerts check;
  DeliverAlerts deliver;
  HearAlerts hear;

  /// Counts for the metrics now and then, until stopped.
  Task<void> count(BackgroundLoops::StopFlag stop);
  /// As counted last; safe between threads.
  std::int64_t firing() const { return firing_; }
  std::int64_t deliveries_pending() const { return pending_; }
};

}  // namespace cloudcart::analytics
