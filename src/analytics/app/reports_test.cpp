#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "analytics/app/analytics_app.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;
using test::SaleEvents;

/// A product service that can be down.
class FallibleStock final : public Stock {
 public:
  void put(std::uint32_t product, std::int64_t available) {
    stock_.put(TenantId{}, {id_of<ProductId>(product), "Product", available, true});
  }
  Task<Result<std::vector<ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                               Deadline deadline) override {
    if (is_down) co_return fail(ErrorCode::unavailable, "The product service does not answer.");
    co_return co_await stock_.find(std::move(tenant), std::move(ids), deadline);
  }

  bool is_down = false;

 private:
  MemoryStock stock_;
};

class ReportsTest : public testing::Test {
 protected:
  /// Orders number themselves; each is of one unit of each product, at 10.00 or the price given.
  void place(std::uint32_t user, std::string_view time, std::vector<test::Item> items = {{1, 1, 1000}}) {
    log.append(SaleEvents(++orders, user, std::move(items)).placed(at(time)));
  }
  void catch_up() { ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer))); }
  static DateRange dates(std::string_view from, std::string_view to) {
    return {parse_date(from).value(), parse_date(to).value()};
  }
  ProductReport products(ProductReportRequest request = {}) {
    return sync_wait(app.get_product_report(Caller{}, std::move(request))).value();
  }
  ForecastReport forecast(int days = 14) { return sync_wait(app.get_forecast(Caller{}, {}, days)).value(); }

  std::uint32_t orders = 0;
  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  MemoryAnalyticsStore store;
  FallibleStock stock;
  test::FakeEventLog log;
  AnalyticsApp app{{.store = store,
                    .cube = store,
                    .letters = store,
                    .rebuild = store,
                    .log = log,
                    .stock = stock,
                    .clock = clock,
                    .shop = {.time_zone = TimeZone::load("Europe/London").value()}}};
};

TEST_F(ReportsTest, ProductsAreComparedWithThePeriodBeforeAndTheirStock) {
  clock.set(at("2026-07-15T11:00:00.000Z"));  // noon in London
  stock.put(1, 20);
  stock.put(2, 0);
  place(7, "2026-07-03T12:00:00.000Z", {{1, 5, 1000}, {2, 1, 9000}});
  place(7, "2026-07-10T12:00:00.000Z", {{1, 13, 1000}, {3, 1, 500}});
  catch_up();
  const auto report = products({.period = {.days = 7}});
  EXPECT_EQ(report.frame.period.dates, dates("2026-07-09", "2026-07-15"));
  EXPECT_TRUE(report.stock_available);
  ASSERT_EQ(report.rows.size(), 2u);  // nobody bought the second product in these days
  const auto& [movement, in_stock, days_left] = report.rows[0];
  EXPECT_EQ(movement.product, id_of<ProductId>(1));
  EXPECT_EQ(movement.name, "Product 1");
  EXPECT_EQ(movement.now.net(), Money{13'000});
  EXPECT_EQ(movement.change(), Money{8000});
  EXPECT_EQ(in_stock->available, 20);
  EXPECT_EQ(days_left, (Number{100, 1}));  // 13 in the six days and a half that are over: 2 a day
  EXPECT_FALSE(report.rows[1].stock);
  EXPECT_FALSE(report.rows[1].days_left);
}

TEST_F(ReportsTest, FallingProductsAreThoseThatLostMost) {
  stock.put(2, 0);
  place(7, "2026-07-03T12:00:00.000Z", {{1, 5, 1000}, {2, 1, 9000}, {3, 1, 100}, {4, 1, 300}});
  place(7, "2026-07-10T12:00:00.000Z", {{1, 1, 1000}, {3, 3, 100}, {4, 1, 300}});
  catch_up();
  const auto report = products({.period = {.days = 7}, .order = ProductOrder::falling});
  ASSERT_EQ(report.rows.size(), 2u);
  EXPECT_EQ(report.rows[0].movement.product, id_of<ProductId>(2));
  EXPECT_EQ(report.rows[0].movement.change(), Money{-9000});
  EXPECT_EQ(report.rows[0].days_left, (Number{0, 1}));
  EXPECT_EQ(report.rows[1].movement.change(), Money{-4000});
  EXPECT_EQ(products({.period = {.days = 7}, .order = ProductOrder::falling, .limit = 1}).rows.size(), 1u);
}

TEST_F(ReportsTest, ADayOnWhichNothingWasSoldHasNoTopProductsWhateverWasSoldBefore) {
  place(7, "2026-07-10T12:00:00.000Z", {{1, 1, 1000}, {2, 1, 900}});
  catch_up();
  const auto day = dates("2026-07-11", "2026-07-11");
  EXPECT_TRUE(products({.period = {.dates = day}, .limit = 1}).rows.empty());
  EXPECT_EQ(products({.period = {.dates = day}, .order = ProductOrder::falling, .limit = 1}).rows.size(), 1u);
}

TEST_F(ReportsTest, WithoutTheProductServiceOnlyTheStockIsMissing) {
  stock.put(1, 20);
  place(7, "2026-07-10T12:00:00.000Z");
  catch_up();
  stock.is_down = true;
  const auto report = products();
  EXPECT_FALSE(report.stock_available);
  ASSERT_EQ(report.rows.size(), 1u);
  EXPECT_FALSE(report.rows[0].stock);
  EXPECT_EQ(report.rows[0].movement.now.net(), Money{1000});
}

TEST_F(ReportsTest, AShopWithoutOrdersHasEmptyReports) {
  EXPECT_TRUE(products().rows.empty());
  EXPECT_TRUE(products({.order = ProductOrder::falling}).rows.empty());
  EXPECT_EQ(sync_wait(app.get_segments(Caller{})).value().segments.total, SegmentFigures{});
  EXPECT_EQ(sync_wait(app.get_cohorts(Caller{}, {}, 2)).value().cells.size(), 3u);
  EXPECT_EQ(sync_wait(app.get_heat_map(Caller{}, {}, Metric::orders)).value().cells.size(),
            hours_of_the_week);
  const auto empty = forecast();
  EXPECT_FALSE(empty.history);
  EXPECT_EQ(empty.forecast.state, ForecastState::too_little_history);
}

TEST_F(ReportsTest, CompanionsAreThoseOfThePeriod) {
  place(7, "2026-06-03T12:00:00.000Z", {{1, 1, 100}, {2, 1, 100}});
  place(7, "2026-07-03T12:00:00.000Z", {{1, 1, 100}, {3, 1, 100}});
  place(7, "2026-07-04T12:00:00.000Z", {{3, 1, 100}});
  catch_up();
  const auto all = sync_wait(app.get_companions(Caller{}, id_of<ProductId>(1), {}, 10)).value();
  EXPECT_EQ(all.frame.period.dates, dates("2026-06-03", "2026-07-15"));
  EXPECT_EQ(all.companions.all_orders, 3);
  EXPECT_EQ(all.companions.others.size(), 2u);
  const auto july = sync_wait(app.get_companions(Caller{}, id_of<ProductId>(1),
                                                 {.dates = dates("2026-07-01", "2026-07-31")}, 10))
                        .value();
  ASSERT_EQ(july.companions.others.size(), 1u);
  EXPECT_EQ(july.companions.others[0], (Companion{id_of<ProductId>(3), "Product 3", 1, 2}));
  const auto unknown = sync_wait(app.get_companions(Caller{}, id_of<ProductId>(9), {}, 10));
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST_F(ReportsTest, CohortsAreOfTheShopsMonths) {
  place(7, "2026-05-31T22:59:00.000Z");  // May in London
  place(8, "2026-05-31T23:00:00.000Z");  // June
  place(7, "2026-07-01T12:00:00.000Z");
  catch_up();
  const auto report = sync_wait(app.get_cohorts(Caller{}, {}, 3)).value();
  EXPECT_EQ(report.frame.period.dates, dates("2026-05-01", "2026-07-31"));
  EXPECT_EQ(report.months[0].label, "2026-05");
  ASSERT_EQ(report.cells.size(), 6u);
  EXPECT_EQ(report.cells[0].customers, 1);
  EXPECT_EQ(report.cells[2].active, 1);
  EXPECT_TRUE(report.cells[2].incomplete);
  EXPECT_EQ(report.cells[3].customers, 1);
  EXPECT_EQ(report.cells[4].active, 0);
  const auto utc = sync_wait(app.get_cohorts(Caller{}, {.zone = TimeZone{}}, 3)).value();
  EXPECT_EQ(utc.cells[0].customers, 2);
}

TEST_F(ReportsTest, SegmentsAreOfAllCustomers) {
  for (std::uint32_t user = 1; user <= 5; ++user) place(user, "2026-07-10T12:00:00.000Z");
  catch_up();
  const auto report = sync_wait(app.get_segments(Caller{})).value();
  EXPECT_EQ(report.segments.total, (SegmentFigures{5, 5, Money{5000}, 25}));
  EXPECT_EQ(report.frame.progress.position, 50);
}

TEST_F(ReportsTest, TheHeatMapIsByTheShopsClock) {
  place(7, "2026-07-12T23:30:00.000Z");  // Monday in London, half past midnight
  catch_up();
  const auto report = sync_wait(app.get_heat_map(Caller{}, {}, Metric::active_customers)).value();
  EXPECT_EQ(report.frame.period.dates, dates("2026-06-18", "2026-07-15"));
  EXPECT_EQ(report.cells[0].figures.active_customers, 1);
  EXPECT_EQ(report.cells[0].hours, 4);
}

TEST_F(ReportsTest, ForecastsBeginWithTheRunningDayWhichIsNoHistory) {
  for (int day = 1; day <= 14; ++day)
    place(7, fmt::format("2026-07-{:02}T12:00:00.000Z", day), {{1, 1, 1000 * day}});
  place(7, "2026-07-15T11:00:00.000Z", {{1, 1, 9'999'999}});
  catch_up();
  const auto report = forecast(3);
  EXPECT_EQ(report.history, dates("2026-07-01", "2026-07-14"));
  EXPECT_EQ(report.frame.period.dates, dates("2026-07-15", "2026-07-17"));
  ASSERT_EQ(report.forecast.days.size(), 3u);
  EXPECT_EQ(report.forecast.days[0].expected, 8000);
  EXPECT_EQ(report.forecast.days[2].expected, 10'000);
}

TEST_F(ReportsTest, QuietDaysAreHistoryToo) {
  place(7, "2026-06-20T12:00:00.000Z");
  place(7, "2026-07-13T12:00:00.000Z", {{1, 1, 7000}});
  catch_up();
  const auto report = forecast(7);
  EXPECT_EQ(report.history, dates("2026-06-20", "2026-07-14"));
  EXPECT_EQ(report.forecast.history_days, 25u);
  EXPECT_EQ(report.forecast.days[0].expected, 0);
  EXPECT_EQ(report.forecast.days[5].expected, 7000);  // Monday again
}

TEST_F(ReportsTest, AShopsFirstDayIsNoHistory) {
  place(7, "2026-07-15T10:00:00.000Z");
  catch_up();
  EXPECT_FALSE(forecast().history);
  clock.set(at("2026-07-16T10:00:00.000Z"));
  EXPECT_EQ(forecast().history, dates("2026-07-15", "2026-07-15"));
}

TEST_F(ReportsTest, AQuietShopIsForecastFromItsLastDayWithData) {
  for (int day = 1; day <= 20; ++day) place(7, fmt::format("2011-11-{:02}T12:00:00.000Z", day));
  catch_up();
  const auto report = forecast();
  EXPECT_EQ(report.frame.period.anchor, Anchor::last_data);
  EXPECT_EQ(report.history, dates("2011-11-01", "2011-11-20"));
  EXPECT_EQ(report.frame.period.dates, dates("2011-11-21", "2011-12-04"));
}

TEST_F(ReportsTest, EveryReportSaysHowFresh) {
  place(7, "2026-07-10T12:00:00.000Z");
  catch_up();
  place(7, "2026-07-11T12:00:00.000Z");
  const auto check = [](const ReportFrame& frame) {
    EXPECT_EQ(frame.progress.position, 10);
    EXPECT_EQ(frame.events_behind, 1);
    EXPECT_EQ(frame.progress.last_event_at, at("2026-07-10T12:00:00.000Z"));
    EXPECT_EQ(frame.as_of, at("2026-07-15T12:00:00.000Z"));
  };
  check(products().frame);
  check(products({.order = ProductOrder::falling}).frame);
  check(sync_wait(app.get_companions(Caller{}, id_of<ProductId>(1), {}, 10)).value().frame);
  check(sync_wait(app.get_cohorts(Caller{}, {}, 12)).value().frame);
  check(sync_wait(app.get_segments(Caller{})).value().frame);
  check(sync_wait(app.get_heat_map(Caller{}, {}, Metric::orders)).value().frame);
  check(forecast().frame);
}

}  // namespace
}  // namespace cloudcart::analytics
