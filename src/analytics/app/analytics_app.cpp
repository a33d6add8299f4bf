#include "analytics/app/analytics_app.h"

namespace cloudcart::analytics {

AnalyticsApp::AnalyticsApp(Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      log_end_(dependencies_.log),
      sources_{dependencies_.cube, log_end_, dependencies_.clock, dependencies_.shop},
      get_dashboard(sources_),
      get_daily_sales(sources_),
      get_top_products(sources_),
      get_user_activity(sources_),
      get_status_distribution(sources_),
      get_totals(dependencies_.cube),
      run_query(sources_),
      get_product_report(sources_, dependencies_.stock),
      get_companions(sources_),
      get_cohorts(sources_),
      get_segments(sources_),
      get_heat_map(sources_),
      get_forecast(sources_),
      live_feed(dependencies_.max_stream_readers),
      dead_letters(dependencies_.letters, live_feed),
      rebuild(dependencies_.rebuild, dependencies_.store, dependencies_.log, live_feed, dependencies_.clock),
      freshness(sources_),
      stock_watch(dependencies_.stock, live_feed),
      consumer(dependencies_.store, live_feed, &stock_watch) {}

Task<Result<std::int64_t>> AnalyticsApp::events_behind(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto position, co_await dependencies_.store.position(deadline));
  co_return co_await log_end_.behind(position, deadline);
}

Task<Result<std::int64_t>> AnalyticsApp::position(Deadline deadline) {
  co_return co_await dependencies_.store.position(deadline);
}

Task<Result<std::vector<PlacedOrder>>> AnalyticsApp::placed_after(TenantId tenant, std::int64_t after,
                                                                  Deadline deadline) {
  co_return co_await dependencies_.store.placed_after(std::move(tenant), after, deadline);
}

}  // namespace cloudcart::analytics
