#pragma once

#include <atomic>
#include <cstdint>

#include "analytics/app/live_feed.h"
#include "analytics/app/stock_watch.h"
#include "analytics/ports/analytics_store.h"
#include "events/consumer.h"

namespace cloudcart::analytics {

/// Applies the event log to the store, and tells the live feed after each commit.
class AnalyticsConsumer final : public events::Consumer {
 public:
  AnalyticsConsumer(AnalyticsStore& store, LiveFeed& feed, StockWatch* stock_watch = nullptr)
      : store_(store), feed_(feed), stock_watch_(stock_watch) {}

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;

  /// Since the start of the process; safe between threads.
  std::uint64_t events_applied() const { return events_applied_; }

 private:
  AnalyticsStore& store_;
  LiveFeed& feed_;
  StockWatch* const stock_watch_;  ///< null where nobody can follow it
  std::atomic<std::uint64_t> events_applied_{0};
};

}  // namespace cloudcart::analytics
