#pragma once

#include "analytics/app/analytics_consumer.h"
#include "analytics/app/freshness_watch.h"
#include "analytics/app/get_cohorts.h"
#include "analytics/app/get_companions.h"
#include "analytics/app/get_daily_sales.h"
#include "analytics/app/get_dashboard.h"
#include "analytics/app/get_forecast.h"
#include "analytics/app/get_heat_map.h"
#include "analytics/app/get_product_report.h"
#include "analytics/app/get_segments.h"
#include "analytics/app/get_status_distribution.h"
#include "analytics/app/get_top_products.h"
#include "analytics/app/get_totals.h"
#include "analytics/app/get_user_activity.h"
#include "analytics/app/live_feed.h"
#include "analytics/app/log_end.h"
#include "analytics/app/manage_dead_letters.h"
#include "analytics/app/rebuild_analytics.h"
#include "analytics/app/run_query.h"
#include "analytics/app/stock_watch.h"
#include "core/clock.h"
#include "core/shop.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// The analytics service without its transport: the use cases, the consumer of the event log and the live
/// feed.
class AnalyticsApp {
 public:
  struct Dependencies {
    AnalyticsStore& store;
    SalesCube& cube;
    DeadLetters& letters;
    Rebuild& rebuild;
    events::EventLog& log;
    Stock& stock;
    const Clock& clock;
    Shop shop;
    std::size_t max_stream_readers = 2000;
  };
  explicit AnalyticsApp(Dependencies dependencies);
  AnalyticsApp(const AnalyticsApp&) = delete;
  AnalyticsApp& operator=(const AnalyticsApp&) = delete;

 private:
  const Dependencies dependencies_;
  LogEnd log_end_;
  const ReportSources sources_;

 public:
  GetDashboard get_dashboard;
  GetDailySales get_daily_sales;
  GetTopProducts get_top_products;
  GetUserActivity get_user_activity;
  GetStatusDistribution get_status_distribution;
  GetTotals get_totals;
  RunQuery run_query;
  GetProductReport get_product_report;
  GetCompanions get_companions;
  GetCohorts get_cohorts;
  GetSegments get_segments;
  GetHeatMap get_heat_map;
  GetForecast get_forecast;
  LiveFeed live_feed;
  ManageDeadLetters dead_letters;
  RebuildAnalytics rebuild;
  FreshnessWatch freshness;
  StockWatch stock_watch;
  AnalyticsConsumer consumer;

  const Shop& shop() const { return dependencies_.shop; }
  const Clock& clock() const { return dependencies_.clock; }
  /// How many events of the log wait to be applied, for metrics and health.
  Task<Result<std::int64_t>> events_behind(Deadline deadline);
  /// The position of the log up to which everything has been applied.
  Task<Result<std::int64_t>> position(Deadline deadline);
  /// Orders placed at log positions beyond `after`, for a reader of the stream that comes back.
  Task<Result<std::vector<PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after, Deadline deadline);
};

}  // namespace cloudcart::analytics
