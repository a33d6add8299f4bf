#include "analytics/app/analytics_app.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::SaleEvents;

class AnalyticsAppTest : public testing::Test {
 protected:
  void place(std::uint32_t order, Timestamp time) {
    log.append(SaleEvents(order, 7, {{1, 2, 1000}}).placed(time));
  }
  void catch_up() { ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer))); }
  static DateRange dates(std::string_view from, std::string_view to) {
    return {parse_date(from).value(), parse_date(to).value()};
  }
  PeriodReport dashboard(PeriodRequest request = {}) {
    return sync_wait(app.get_dashboard(Caller{}, std::move(request))).value();
  }

  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  MemoryAnalyticsStore store;
  test::FakeEventLog log;
  MemoryStock stock;
  AnalyticsApp app{{.store = store,
                    .cube = store,
                    .letters = store,
                    .rebuild = store,
                    .log = log,
                    .stock = stock,
                    .clock = clock,
                    .shop = {.time_zone = TimeZone::load("Europe/London").value()}}};
};

TEST_F(AnalyticsAppTest, TheDashboardComparesTheLastSevenDaysWithTheSevenBefore) {
  place(1, at("2026-07-02T12:00:00.000Z"));
  place(2, at("2026-07-08T22:59:59.000Z"));
  place(3, at("2026-07-08T23:00:00.000Z"));
  place(4, at("2026-07-15T10:00:00.000Z"));
  catch_up();
  const auto answer = dashboard();
  EXPECT_EQ(answer.period.dates, dates("2026-07-09", "2026-07-15"));
  EXPECT_EQ(answer.report.sales.days.size(), 7u);
  EXPECT_EQ(answer.report.sales.total.placed_orders, 2);
  EXPECT_EQ(answer.report.previous_sales.days.size(), 7u);
  EXPECT_EQ(answer.report.previous_sales.total.placed_orders, 2);
  EXPECT_EQ(answer.report.products.at(0).quantity, 4);
  EXPECT_EQ(answer.report.statuses[0], 2);
  EXPECT_EQ(answer.report.recent_orders.size(), 4u);
  EXPECT_EQ(answer.as_of, clock.now());
}

TEST_F(AnalyticsAppTest, AQuietShopsDashboardEndsOnItsLastDayWithData) {
  place(1, at("2011-12-09T12:50:00.000Z"));
  catch_up();
  const auto answer = dashboard();
  EXPECT_EQ(answer.period.anchor, Anchor::last_data);
  EXPECT_EQ(answer.period.dates, dates("2011-12-03", "2011-12-09"));
  EXPECT_EQ(answer.report.sales.total.placed_orders, 1);
  const auto asked = dashboard({.dates = dates("2026-07-01", "2026-07-02")});
  EXPECT_EQ(asked.period.anchor, Anchor::today);
  EXPECT_EQ(asked.report.sales.total, SalesFigures{});
}

TEST_F(AnalyticsAppTest, TheDashboardIsComparedWithADayOfTheYearBefore) {
  place(1, at("2025-07-15T12:00:00.000Z"));
  place(2, at("2025-07-15T12:00:00.000Z"));
  place(3, at("2026-07-14T12:00:00.000Z"));
  place(4, at("2026-07-15T10:00:00.000Z"));
  catch_up();
  const auto answer = dashboard({.days = 1, .comparison = Comparison::previous_year});
  EXPECT_EQ(answer.period.dates, dates("2026-07-15", "2026-07-15"));
  EXPECT_EQ(answer.report.sales.total.placed_orders, 1);
  EXPECT_EQ(answer.report.previous_sales.total.placed_orders, 2);
  EXPECT_EQ(dashboard({.days = 1}).report.previous_sales.total.placed_orders, 1);
}

TEST_F(AnalyticsAppTest, AQuietShopsDashboardShowsAsManyDaysAsAskedFor) {
  place(1, at("2011-12-09T12:50:00.000Z"));
  place(2, at("2011-11-10T12:50:00.000Z"));
  catch_up();
  const auto answer = dashboard({.days = 30});
  EXPECT_EQ(answer.period.anchor, Anchor::last_data);
  EXPECT_EQ(answer.period.dates, dates("2011-11-10", "2011-12-09"));
  EXPECT_EQ(answer.report.sales.days.size(), 30u);
  EXPECT_EQ(answer.report.sales.total.placed_orders, 2);
}

TEST_F(AnalyticsAppTest, EachReportHasItsOwnDefaultPeriod) {
  place(1, at("2026-01-10T12:00:00.000Z"));
  place(2, at("2026-06-20T12:00:00.000Z"));
  catch_up();
  const auto days = sync_wait(app.get_daily_sales(Caller{}, {})).value();
  EXPECT_EQ(days.period.dates, dates("2026-07-09", "2026-07-15"));
  EXPECT_EQ(days.period.anchor, Anchor::today);
  const auto users = sync_wait(app.get_user_activity(Caller{}, {})).value();
  EXPECT_EQ(users.period.dates, dates("2026-06-16", "2026-07-15"));
  EXPECT_EQ(users.report.customers.at(0).order_count, 1);
  const auto products = sync_wait(app.get_top_products(Caller{}, {}, 10)).value();
  EXPECT_EQ(products.period.dates, dates("2026-01-10", "2026-07-15"));
  EXPECT_EQ(products.report.products.at(0).order_count, 2);
  const auto statuses = sync_wait(app.get_status_distribution(Caller{}, {})).value();
  EXPECT_EQ(statuses.period.dates, dates("2026-01-10", "2026-07-15"));
  EXPECT_EQ(statuses.report.statuses[0], 2);
}

TEST_F(AnalyticsAppTest, DatesNarrowEveryReport) {
  place(1, at("2026-01-10T12:00:00.000Z"));
  place(2, at("2026-06-20T12:00:00.000Z"));
  catch_up();
  const PeriodRequest june{.dates = dates("2026-06-01", "2026-06-30")};
  EXPECT_EQ(sync_wait(app.get_daily_sales(Caller{}, june)).value().report.sales.days.size(), 30u);
  EXPECT_EQ(sync_wait(app.get_user_activity(Caller{}, june)).value().report.customers.at(0).order_count, 1);
  EXPECT_EQ(sync_wait(app.get_top_products(Caller{}, june, 10)).value().report.products.at(0).order_count, 1);
  EXPECT_EQ(sync_wait(app.get_status_distribution(Caller{}, june)).value().report.statuses[0], 1);
  const PeriodRequest month{.days = 30};
  EXPECT_EQ(sync_wait(app.get_top_products(Caller{}, month, 10)).value().report.products.at(0).order_count,
            1);
  EXPECT_EQ(sync_wait(app.get_status_distribution(Caller{}, month)).value().report.statuses[0], 1);
}

TEST_F(AnalyticsAppTest, SaysHowFarItIsBehindTheLog) {
  place(1, clock.now());
  catch_up();
  EXPECT_EQ(sync_wait(app.events_behind(Deadline::max())).value(), 0);
  place(2, clock.now());
  std::this_thread::sleep_for(110ms);  // the log's end is not asked for more often
  const auto answer = dashboard();
  EXPECT_EQ(answer.report.progress.position, 10);
  EXPECT_EQ(answer.events_behind, 1);
  EXPECT_EQ(answer.report.progress.last_event_at, clock.now());
}

TEST_F(AnalyticsAppTest, TheConsumerCountsAndTellsTheLiveFeed) {
  place(1, clock.now());
  catch_up();
  const auto reader = app.live_feed.subscribe(TenantId{}).value();
  place(2, clock.now());
  catch_up();
  EXPECT_EQ(app.consumer.events_applied(), 2u);
  EXPECT_EQ(app.live_feed.position(), 20);
  const auto news = reader->news_after(10);
  ASSERT_EQ(news.orders.size(), 1u);
  EXPECT_EQ(news.orders[0].order.order, test::id_of<OrderId>(2));
  EXPECT_EQ(sync_wait(app.placed_after(TenantId{}, 10, Deadline::max())).value(), news.orders);
}

TEST_F(AnalyticsAppTest, AFeedThatStartsOnAnOldStoreKnowsItsPosition) {
  place(1, clock.now());
  catch_up();
  AnalyticsApp restarted{{.store = store,
                          .cube = store,
                          .letters = store,
                          .rebuild = store,
                          .log = log,
                          .stock = stock,
                          .clock = clock,
                          .shop = {}}};
  EXPECT_EQ(sync_wait(restarted.consumer.position(Deadline::max())).value(), 10);
  EXPECT_EQ(restarted.live_feed.position(), 10);
}

TEST_F(AnalyticsAppTest, TotalsAreTheRollups) {
  place(1, clock.now());
  log.append(SaleEvents(1, 7, {{1, 2, 1000}}).cancelled(2, clock.now() + 1h));
  catch_up();
  const auto totals = sync_wait(app.get_totals(Caller{})).value();
  EXPECT_EQ(totals.all.gross, Money{2000});
  EXPECT_EQ(totals.all.net(), Money{});
  EXPECT_EQ(totals.by_utc_day.size(), 1u);
  EXPECT_EQ(totals.position, 20);
}

}  // namespace
}  // namespace cloudcart::analytics
