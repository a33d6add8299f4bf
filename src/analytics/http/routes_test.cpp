#include "analytics/http/routes.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;
using test::SaleEvents;

class AnalyticsRoutesTest : public testing::Test {
 protected:
  void apply(std::initializer_list<events::OrderEvent> events) {
    for (const auto& event : events) log.append(event);
    ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer)));
  }
  test::HttpReply get(std::string target) {
    return client.as(Role::analyst, id_of<UserId>(99)).get("/api/analytics/" + target);
  }
  static std::string text(const test::HttpReply& reply, std::string_view pointer) {
    return boost::json::serialize(reply.at(pointer));
  }
  /// The violations of a 400.
  static std::vector<std::string> errors(const test::HttpReply& reply) {
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "validation_failed");
    std::vector<std::string> errors;
    for (const auto& error : reply.at("/errors").as_array()) errors.emplace_back(error.as_string());
    return errors;
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
                    .shop = {.name = "Main Street", .time_zone = TimeZone::load("Europe/London").value()}}};
  test::HttpClient client{analytics_routes(app)};
};

constexpr std::array all_routes{
    "dashboard", "sales/daily", "products/top-selling", "users/activity", "orders/status-distribution",
    "stream"};

TEST_F(AnalyticsRoutesTest, AreForAnalystsStaffAndAdminsOnly) {
  for (const std::string route : all_routes) {
    const auto target = "/api/analytics/" + route;
    EXPECT_EQ(client.as_nobody().get(target).status, 401) << route;
    EXPECT_EQ(client.as(Role::customer, id_of<UserId>(1)).get(target).status, 403) << route;
    for (const auto role : {Role::analyst, Role::staff, Role::admin})
      EXPECT_EQ(client.as(role, id_of<UserId>(1)).get(target).status, 200) << route;
  }
}

TEST_F(AnalyticsRoutesTest, TheDashboardHasTheWholeOverview) {
  const SaleEvents first(1, 7, {{1, 2, 1999}}), second(2, 8, {{1, 1, 1999}}), old(3, 8, {{2, 3, 1000}});
  apply({old.placed(at("2026-07-08T10:00:00.000Z"), OrderStatus::delivered),
         first.placed(at("2026-07-14T09:00:00.000Z")), second.placed(at("2026-07-15T09:30:00.250Z")),
         second.cancelled(2, at("2026-07-15T11:00:00.000Z"))});
  const auto reply = get("dashboard");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(text(reply, "/data/period"),
            R"({"from":"2026-07-09","to":"2026-07-15","days":7,"time_zone":"Europe/London","currency":"GBP",)"
            R"("shop_name":"Main Street","previous_from":"2026-07-02","previous_to":"2026-07-08",)"
            R"("compare":"previous_period","anchor":"today","incomplete":true})");
  EXPECT_NE(reply.body.find(R"("overview":{"total_orders":1,"total_revenue":39.98,"gross_revenue":59.97,)"
                            R"("cancelled_revenue":19.99,"average_order_value":39.98,"active_customers":2,)"
                            R"("new_customers":1,"units_sold":2,"cancelled_orders":1,)"
                            R"("previous":{"total_orders":1,"total_revenue":30.00,"gross_revenue":30.00,)"
                            R"("cancelled_revenue":0.00,"average_order_value":30.00,"active_customers":1,)"
                            R"("new_customers":1,"units_sold":3,"cancelled_orders":0},)"
                            R"("change":{"total_orders":0.0,"total_revenue":33.3,"gross_revenue":99.9,)"
                            R"("cancelled_revenue":null,"average_order_value":33.3,"active_customers":100.0,)"
                            R"("new_customers":0.0,"units_sold":-33.3,"cancelled_orders":null}})"),
            std::string::npos)
      << reply.body;
  EXPECT_EQ(reply.at("/data/recent_sales").as_array().size(), 7u);
  EXPECT_EQ(text(reply, "/data/recent_sales/0/incomplete"), "false");
  EXPECT_EQ(reply.text("/data/recent_sales/6/date"), "2026-07-15");
  EXPECT_EQ(text(reply, "/data/recent_sales/6/incomplete"), "true");
  EXPECT_EQ(reply.at("/data/previous_sales").as_array().size(), 7u);
  EXPECT_EQ(reply.text("/data/previous_sales/0/date"), "2026-07-02");
  EXPECT_EQ(reply.text("/data/top_products/0/product_name"), "Product 1");
  EXPECT_NE(reply.body.find(R"({"status":"cancelled","count":1,"percentage":50.00})"), std::string::npos);
  EXPECT_EQ(reply.at("/data/order_status").as_array().size(), 6u);
  EXPECT_EQ(reply.text("/data/recent_orders/0/status"), "cancelled");
  EXPECT_EQ(text(reply, "/data/recent_orders/2/item_count"), "3");
  EXPECT_EQ(text(reply, "/data/freshness"),
            R"({"events_behind":0,"position":40,"last_event_at":"2026-07-15T11:00:00.000Z"})");
  EXPECT_EQ(reply.text("/data/last_updated"), "2026-07-15T12:00:00.000Z");
}

TEST_F(AnalyticsRoutesTest, TheDashboardTakesDaysAndWhatToCompareThemWith) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2025-06-16T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 2, 1000}}).placed(at("2026-06-16T12:00:00.000Z"))});
  const auto reply = get("dashboard?days=30&compare=previous_year");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(text(reply, "/data/period/days"), "30");
  EXPECT_EQ(reply.text("/data/period/from"), "2026-06-16");
  EXPECT_EQ(reply.text("/data/period/previous_from"), "2025-06-16");
  EXPECT_EQ(reply.text("/data/period/previous_to"), "2025-07-15");
  EXPECT_EQ(reply.text("/data/period/compare"), "previous_year");
  EXPECT_EQ(text(reply, "/data/overview/previous/total_orders"), "1");
  EXPECT_NE(reply.body.find(R"("change":{"total_orders":0.0,"total_revenue":100.0,)"), std::string::npos);
  EXPECT_EQ(text(reply, "/data/previous_sales/0/total_orders"), "1");
  EXPECT_EQ(reply.at("/data/previous_sales").as_array().size(), 30u);
  const auto weekdays = get("dashboard?days=30&compare=matching_weekdays");
  EXPECT_EQ(weekdays.text("/data/period/previous_from"), "2026-05-12");
}

TEST_F(AnalyticsRoutesTest, EachDayStandsBesideTheOneItIsComparedWith) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2023-02-28T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 2, 1000}}).placed(at("2023-03-01T12:00:00.000Z")),
         SaleEvents(3, 7, {{1, 3, 1000}}).placed(at("2024-02-29T12:00:00.000Z")),
         SaleEvents(4, 7, {{1, 4, 1000}}).placed(at("2024-03-01T12:00:00.000Z"))});
  const auto previous = [&](const std::string& dates) {
    const auto reply = get("dashboard?compare=previous_year&" + dates);
    auto days = text(reply, "/data/overview/previous/units_sold") + " units:";
    for (const auto& day : reply.at("/data/previous_sales").as_array())
      days.append(" ")
          .append(day.at("date").as_string())
          .append("=")
          .append(boost::json::serialize(day.at("total_orders")));
    return days;
  };
  EXPECT_EQ(previous("from=2024-02-28&to=2024-03-01"), "3 units: 2023-02-28=1 2023-02-28=1 2023-03-01=1");
  EXPECT_EQ(previous("from=2025-02-28&to=2025-03-01"), "7 units: 2024-02-28=0 2024-03-01=1");
}

TEST_F(AnalyticsRoutesTest, APeriodLongerThanAYearMayOverlapTheYearBefore) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2024-07-01T12:00:00.000Z"))});
  const auto reply = get("dashboard?from=2024-01-01&to=2025-12-31&compare=previous_year");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(text(reply, "/data/overview/total_orders"), "1");
  EXPECT_EQ(text(reply, "/data/overview/previous/total_orders"), "1");
  EXPECT_EQ(reply.text("/data/period/previous_to"), "2024-12-31");
}

TEST_F(AnalyticsRoutesTest, AnEmptyShopHasZerosAndNoNulls) {
  const auto reply = get("dashboard");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(text(reply, "/data/overview/total_revenue"), "0E0");
  EXPECT_EQ(reply.at("/data/recent_sales").as_array().size(), 7u);
  EXPECT_EQ(reply.at("/data/order_status").as_array().size(), 6u);
  EXPECT_TRUE(reply.at("/data/top_products").as_array().empty());
  EXPECT_TRUE(reply.at("/data/freshness/last_event_at").is_null());
  EXPECT_EQ(reply.text("/data/period/anchor"), "today");
}

TEST_F(AnalyticsRoutesTest, DailySalesHaveARowForEachDay) {
  apply({SaleEvents(1, 7, {{1, 2, 1999}}).placed(at("2026-07-14T23:30:00.000Z"))});
  const auto reply = get("sales/daily?days=2");
  EXPECT_NE(
      reply.body.find(R"("daily_sales":[{"date":"2026-07-14","total_orders":0,"total_revenue":0.00,)"
                      R"("gross_revenue":0.00,"cancelled_revenue":0.00,"average_order_value":0.00,)"
                      R"("active_customers":0,"incomplete":false},{"date":"2026-07-15","total_orders":1,)"),
      std::string::npos)
      << reply.body;
  EXPECT_EQ(text(reply, "/data/period_days"), "2");
  EXPECT_EQ(text(get("sales/daily"), "/data/period_days"), "7");
  const auto utc = get("sales/daily?from=2026-07-14&to=2026-07-14&tz=UTC");
  EXPECT_EQ(text(utc, "/data/daily_sales/0/total_orders"), "1");
  EXPECT_EQ(utc.text("/data/period/time_zone"), "UTC");
  EXPECT_EQ(text(utc, "/data/period/incomplete"), "false");
}

TEST_F(AnalyticsRoutesTest, TopProductsTakeALimit) {
  apply({SaleEvents(1, 7, {{1, 2, 1999}, {2, 1, 500}, {3, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z"))});
  const auto reply = get("products/top-selling?limit=2");
  EXPECT_EQ(reply.at("/data/products").as_array().size(), 2u);
  EXPECT_NE(reply.body.find(
                R"("product_name":"Product 1","total_quantity":2,"total_revenue":39.98,"order_count":1})"),
            std::string::npos);
  EXPECT_EQ(text(reply, "/data/limit"), "2");
  EXPECT_EQ(text(get("products/top-selling"), "/data/limit"), "10");
  EXPECT_TRUE(
      get("products/top-selling?from=2026-01-01&to=2026-01-02").at("/data/products").as_array().empty());
}

TEST_F(AnalyticsRoutesTest, UserActivityNamesWhoSpentMost) {
  apply({SaleEvents(1, 7, {{1, 2, 1999}}).placed(at("2026-07-14T12:00:00.000Z")),
         SaleEvents(2, 8, {{1, 3, 1999}}).placed(at("2026-07-01T12:00:00.000Z"))});
  const auto reply = get("users/activity");
  EXPECT_NE(
      reply.body.find(R"("top_users":[{"user_id":"00000000-0000-0000-0000-000000000008","order_count":1,)"
                      R"("total_spent":59.97,"last_order_date":"2026-07-01T12:00:00.000Z"})"),
      std::string::npos)
      << reply.body;
  EXPECT_EQ(text(reply, "/data/period_days"), "30");
  EXPECT_EQ(get("users/activity?days=5").at("/data/top_users").as_array().size(), 1u);
}

TEST_F(AnalyticsRoutesTest, StatusDistributionHasAllSixWithPercentages) {
  const SaleEvents moved(3, 7, {{1, 1, 100}});
  apply({SaleEvents(1, 7, {{1, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z")),
         moved.placed(at("2026-07-14T12:00:00.000Z")),
         moved.moved(2, OrderStatus::confirmed, at("2026-07-14T13:00:00.000Z"))});
  const auto reply = get("orders/status-distribution");
  EXPECT_NE(reply.body.find(R"("distribution":[{"status":"pending","count":2,"percentage":66.67},)"
                            R"({"status":"confirmed","count":1,"percentage":33.33},)"
                            R"({"status":"processing","count":0,"percentage":0.00},)"
                            R"({"status":"shipped","count":0,"percentage":0.00},)"
                            R"({"status":"delivered","count":0,"percentage":0.00},)"
                            R"({"status":"cancelled","count":0,"percentage":0.00}],"total_orders":3)"),
            std::string::npos)
      << reply.body;
  EXPECT_EQ(text(get("orders/status-distribution?from=2026-07-15&to=2026-07-15"), "/data/total_orders"), "0");
}

TEST_F(AnalyticsRoutesTest, BadPeriodsAreRefusedNamingTheParameter) {
  using Errors = std::vector<std::string>;
  for (const std::string route : all_routes) {
    EXPECT_EQ(errors(get(route + "?from=2026-07-02&to=2026-07-01")), (Errors{"from: must not be after to"}))
        << route;
    EXPECT_EQ(errors(get(route + "?from=2010-01-01&to=2020-01-09")),
              (Errors{"to: must make a period of at most 3660 days"}))
        << route;
    EXPECT_EQ(get(route + "?from=2010-01-01&to=2020-01-08").status, 200) << route;
    EXPECT_EQ(errors(get(route + "?from=2026-07-02")),
              (Errors{"to: must be given together with the other end of the period"}));
    EXPECT_EQ(errors(get(route + "?to=2026-07-02")),
              (Errors{"from: must be given together with the other end of the period"}));
    EXPECT_EQ(errors(get(route + "?from=1969-12-31&to=1970-01-02")),
              (Errors{"from: must be from 1970-01-01 to 2199-12-31"}));
    EXPECT_EQ(errors(get(route + "?from=2026-02-30&to=yesterday&tz=Mars")).size(), 3u) << route;
  }
}

TEST_F(AnalyticsRoutesTest, NumbersOutOfRangeAreRefusedNotClamped) {
  for (const std::string route : all_routes) {
    for (const std::string days : {"0", "366", "-1", "7.5", "x", ""})
      EXPECT_EQ(errors(get(route + "?days=" + days)).at(0).substr(0, 5), "days:") << days;
    EXPECT_EQ(errors(get(route + "?days=7&from=2026-07-01&to=2026-07-02")),
              (std::vector<std::string>{"days: cannot be combined with from and to"}));
    EXPECT_EQ(get(route + "?days=365").status, 200);
  }
  for (const std::string route : {"dashboard", "stream", "reports/products"})
    for (const std::string compare : {"", "last_year", "PREVIOUS_YEAR", "previous_year%20"})
      EXPECT_EQ(errors(get(route + "?compare=" + compare)),
                (std::vector<std::string>{
                    "compare: must be one of previous_period, previous_year, matching_weekdays"}));
  for (const std::string limit : {"0", "101", "ten"})
    EXPECT_EQ(errors(get("products/top-selling?limit=" + limit)).at(0).substr(0, 6), "limit:");
  EXPECT_EQ(errors(get("products/top-selling?limit=5&limit=6")).size(), 1u);
}

}  // namespace
}  // namespace cloudcart::analytics
