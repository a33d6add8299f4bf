#pragma once

#include "analytics/app/list_consumers.h"
#include "analytics/app/recent_reconciliation.h"

namespace cloudcart::analytics {

/// What operators ask: are the figures those of the orders, and does everybody keep up with the log.
class SystemApp {
 public:
  struct Dependencies {
    Ledger& ledger;
    CountedTotals& counted;
    SalesCube& cube;
    events::EventLog& log;
    const LiveFeed& feed;
    const Clock& clock;
    std::vector<LogFollower> followers;
  };
  explicit SystemApp(Dependencies with)
      : log_end_(with.log),
        reconciliation({.reconcile = ReconcileOrders({with.ledger, with.counted, with.log}),
                        .log = with.log,
                        .feed = with.feed,
                        .clock = with.clock}),
        list_consumers(with.cube, log_end_, std::move(with.followers)) {}
  SystemApp(const SystemApp&) = delete;
  SystemApp& operator=(const SystemApp&) = delete;

 private:
  LogEnd log_end_;

 public:
  RecentReconciliation reconciliation;
  ListConsumers list_consumers;
};

}  // namespace cloudcart::analytics
