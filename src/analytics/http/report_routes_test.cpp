#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "analytics/http/routes.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;
using test::SaleEvents;

const std::string product_1 = id_of<ProductId>(1).to_string();

class ReportRoutesTest : public testing::Test {
 protected:
  void apply(std::initializer_list<events::OrderEvent> events) {
    for (const auto& event : events) log.append(event);
    ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer)));
  }
  test::HttpReply get(std::string target) {
    return client.as(Role::analyst, id_of<UserId>(99)).get("/api/analytics/reports/" + target);
  }
  static std::string text(const test::HttpReply& reply, std::string_view pointer) {
    return boost::json::serialize(reply.at(pointer));
  }
  static std::vector<std::string> errors(const test::HttpReply& reply) {
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "validation_failed");
    std::vector<std::string> errors;
    for (const auto& error : reply.at("/errors").as_array()) errors.emplace_back(error.as_string());
    return errors;
  }
  /// Numbers as they stand in the text, which a parsed value no longer tells.
  static void expect_holds(const test::HttpReply& reply, std::string_view part) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.body.find(part), std::string::npos) << reply.body;
  }

  test::FakeClock clock{at("2026-07-15T11:00:00.000Z")};
  MemoryAnalyticsStore store;
  MemoryStock stock;
  test::FakeEventLog log;
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

using Errors = std::vector<std::string>;

const std::array<std::string, 6> all_reports{
    "products", "bought-together?product_id=" + product_1, "cohorts", "segments", "heat-map", "forecast"};

TEST_F(ReportRoutesTest, AreForAnalystsStaffAndAdminsOnly) {
  apply({SaleEvents(1, 7, {{1, 1, 100}}).placed(at("2026-07-10T12:00:00.000Z"))});
  for (const auto& report : all_reports) {
    const auto target = "/api/analytics/reports/" + report;
    EXPECT_EQ(client.as_nobody().get(target).status, 401) << report;
    EXPECT_EQ(client.as(Role::customer, id_of<UserId>(1)).get(target).status, 403) << report;
    for (const auto role : {Role::analyst, Role::staff, Role::admin})
      EXPECT_EQ(client.as(role, id_of<UserId>(1)).get(target).status, 200) << report;
  }
}

TEST_F(ReportRoutesTest, ProductsAreShownWithThePeriodBeforeAndTheirStock) {
  stock.put(TenantId{}, {id_of<ProductId>(1), "Product 1", 20, true});
  apply({SaleEvents(1, 7, {{1, 3, 1000}, {2, 1, 500}}).placed(at("2026-07-03T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 13, 1000}}).placed(at("2026-07-10T12:00:00.000Z"))});
  const auto reply = get("products?days=7");
  expect_holds(
      reply,
      R"("products":[{"product_id":")" + product_1 +
          R"(","product_name":"Product 1","net_revenue":130.00,"previous_net_revenue":30.00,)"
          R"("change_net_revenue":100.00,"change_percent":333.33,"units":13,"previous_units":3,)"
          R"("orders":1,"available":20,"is_active":true,"days_of_stock_left":10.0}],)"
          R"("sort":"top","limit":10,"stock_available":true,"period":{"from":"2026-07-09",)"
          R"("to":"2026-07-15","days":7,"time_zone":"Europe/London","currency":"GBP",)"
          R"("shop_name":"Main Street","previous_from":"2026-07-02","previous_to":"2026-07-08",)"
          R"("compare":"previous_period","anchor":"today","incomplete":true},"freshness":{"events_behind":0,"position":20,)"
          R"("last_event_at":"2026-07-10T12:00:00.000Z"},"last_updated":"2026-07-15T11:00:00.000Z"})");
  expect_holds(
      get("products?days=7&sort=falling"),
      R"("product_name":"Product 2","net_revenue":0.00,"previous_net_revenue":5.00,)"
      R"("change_net_revenue":-5.00,"change_percent":-100.00,"units":0,"previous_units":1,"orders":0,)"
      R"("available":null,"is_active":null,"days_of_stock_left":null}],"sort":"falling")");
}

TEST_F(ReportRoutesTest, ProductsMayBeComparedWithTheYearBefore) {
  apply({SaleEvents(1, 7, {{1, 2, 1000}, {2, 3, 500}}).placed(at("2025-07-10T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 9, 1000}}).placed(at("2026-01-10T12:00:00.000Z")),  // in neither period
         SaleEvents(3, 7, {{1, 5, 1000}, {2, 1, 500}}).placed(at("2026-07-10T12:00:00.000Z"))});
  const auto top = get("products?days=7&compare=previous_year");
  expect_holds(top, R"("product_name":"Product 1","net_revenue":50.00,"previous_net_revenue":20.00,)"
                    R"("change_net_revenue":30.00,"change_percent":150.00,"units":5,"previous_units":2,)");
  expect_holds(top, R"("previous_from":"2025-07-09","previous_to":"2025-07-15","compare":"previous_year",)");
  const auto falling = get("products?days=7&compare=previous_year&sort=falling");
  ASSERT_EQ(falling.at("/data/products").as_array().size(), 1u);
  expect_holds(falling, R"("product_name":"Product 2","net_revenue":5.00,"previous_net_revenue":15.00,)");
}

TEST_F(ReportRoutesTest, BoughtTogetherHasLiftAndConfidence) {
  apply({SaleEvents(1, 7, {{1, 1, 100}, {2, 1, 100}}).placed(at("2026-07-03T12:00:00.000Z")),
         SaleEvents(2, 7, {{1, 1, 100}}).placed(at("2026-07-04T12:00:00.000Z")),
         SaleEvents(3, 7, {{3, 1, 100}}).placed(at("2026-07-05T12:00:00.000Z"))});
  expect_holds(
      get("bought-together?product_id=" + product_1),
      R"("companions":[{"product_id":"00000000-0000-0000-0000-000000000002","product_name":"Product 2",)"
      R"("orders_together":1,"placed_orders":1,"support":33.33,"confidence":50.00,)"
      R"("reverse_confidence":100.00,"lift":1.50}],"product_id":")" +
          product_1 +
          R"(","product_name":"Product 1","product_orders":2,"all_orders":3,"limit":10,)"
          R"("period":{"from":"2026-07-03","to":"2026-07-15",)");
  const auto unknown = get("bought-together?product_id=" + id_of<ProductId>(9).to_string());
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.code(), "not_found");
}

TEST_F(ReportRoutesTest, CohortsEndWithTheRunningMonth) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2026-06-03T12:00:00.000Z")),
         SaleEvents(2, 8, {{1, 1, 1000}}).placed(at("2026-06-03T12:00:00.000Z")),
         SaleEvents(3, 7, {{1, 1, 501}}).placed(at("2026-07-04T12:00:00.000Z"))});
  const auto reply = get("cohorts?months=2");
  expect_holds(reply,
               R"("cohorts":[{"cohort":"2026-06","month":"2026-06","months_later":0,"customers":2,)"
               R"("active_customers":2,"retention":100.00,"placed_orders":2,"gross_revenue":20.00,)"
               R"("revenue_per_customer":10.00,"incomplete":false},{"cohort":"2026-06","month":"2026-07",)"
               R"("months_later":1,"customers":2,"active_customers":1,"retention":50.00,"placed_orders":1,)"
               R"("gross_revenue":5.01,"revenue_per_customer":2.51,"incomplete":true},{"cohort":"2026-07",)"
               R"("month":"2026-07","months_later":0,"customers":0,"active_customers":0,"retention":null,)"
               R"("placed_orders":0,"gross_revenue":0.00,"revenue_per_customer":null,"incomplete":true}],)"
               R"("months":2,)");
  EXPECT_EQ(get("cohorts").at("/data/cohorts").as_array().size(), 78u);
}

TEST_F(ReportRoutesTest, SegmentsNameAllElevenAndTheirScores) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2026-07-05T12:00:00.000Z")),
         SaleEvents(2, 8, {{1, 1, 1000}}).placed(at("2026-07-05T12:00:00.000Z"))});
  const auto reply = get("segments");
  EXPECT_EQ(reply.at("/data/segments").as_array().size(), 11u);
  expect_holds(reply, R"({"segment":"lost","title":"Lost","description":"Bought little, longest ago.",)"
                      R"("customers":2,"customer_share":100.00,"placed_orders":2,"net_revenue":20.00,)"
                      R"("revenue_share":100.00,"revenue_per_customer":10.00,"mean_recency_days":9.0}])");
  expect_holds(reply, R"({"score":1,"recency_customers":2,"recency_days_from":9,"recency_days_to":9,)"
                      R"("frequency_customers":2,"placed_orders_from":1,"placed_orders_to":1,)"
                      R"("monetary_customers":2,"net_revenue_from":10.00,"net_revenue_to":10.00}],)"
                      R"("total":{"customers":2,"placed_orders":2,"net_revenue":20.00})");
  expect_holds(reply, R"("scores":[{"score":5,"recency_customers":0,"recency_days_from":null,)");
}

TEST_F(ReportRoutesTest, TheHeatMapHasEveryHourOfTheWeekInAnyMetric) {
  apply({SaleEvents(1, 7, {{1, 1, 1000}}).placed(at("2026-07-12T23:30:00.000Z"))});
  const auto reply = get("heat-map?days=7");
  EXPECT_EQ(reply.at("/data/cells").as_array().size(), 168u);
  expect_holds(reply,
               R"("cells":[{"weekday":"monday","hour_of_day":0,"hours":1,"value":1},{"weekday":"monday",)"
               R"("hour_of_day":1,"hours":1,"value":0},)");
  expect_holds(reply, R"("metric":{"name":"orders","title":"Orders","unit":"count","decimals":0,)");
  expect_holds(get("heat-map?metric=net_revenue&days=7"),
               R"("cells":[{"weekday":"monday","hour_of_day":0,"hours":1,"value":10.00},)");
  expect_holds(get("heat-map?metric=cancellation_rate&days=7"),
               R"({"weekday":"monday","hour_of_day":1,"hours":1,"value":null})");
  expect_holds(get("heat-map?days=7&tz=UTC"),
               R"({"weekday":"sunday","hour_of_day":23,"hours":1,"value":1}])");
}

TEST_F(ReportRoutesTest, TheForecastSaysHowItWasMadeAndHowFarItWasOff) {
  std::vector<events::OrderEvent> sales;
  for (std::uint32_t day = 1; day <= 14; ++day)
    log.append(
        SaleEvents(day, 7, {{1, 1, 1000 * day}}).placed(at(fmt::format("2026-07-{:02}T12:00:00.000Z", day))));
  apply({});
  const auto reply = get("forecast?days=2");
  // A week later each day brought 70.00 more, on 28 checks.
  expect_holds(reply,
               R"("days":[{"date":"2026-07-15","expected_revenue":80.00,"low_80":10.00,"high_80":150.00,)"
               R"("low_95":10.00,"high_95":150.00},{"date":"2026-07-16","expected_revenue":90.00,)");
  expect_holds(
      reply, R"("state":"made","explanation":"Each day is expected to bring what the same weekday brought)");
  expect_holds(reply,
               R"("method":"seasonal_naive","smoothing":null,"history":{"from":"2026-07-01",)"
               R"("to":"2026-07-14","days":14},"backtest":{"origins":7,"horizon_days":14,"checks":28,)"
               R"("methods":[{"method":"seasonal_naive","mean_absolute_error":70.00,"percent_off":58.33,)"
               R"("chosen":true}]},"period":{"from":"2026-07-15","to":"2026-07-16","days":2,)");
}

TEST_F(ReportRoutesTest, AForecastOfNothingSaysWhyInsteadOfFigures) {
  const auto reply = get("forecast");
  expect_holds(reply, R"("days":[],"state":"too_little_history","explanation":"There is no forecast yet: )");
  expect_holds(reply, R"("method":null,"smoothing":null,"history":null,"backtest":{"origins":0,)");
}

TEST_F(ReportRoutesTest, EveryTableIsCsvAsWell) {
  auto sale = SaleEvents(1, 7, {{1, 2, 1000}}).placed(at("2026-07-10T12:00:00.000Z"));
  sale.lines[0].product_name = "=HYPERLINK(1)";
  apply({sale});
  const auto csv = [&](std::string target) {
    const auto reply = get(target + (target.contains('?') ? "&" : "?") + "format=csv");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.headers.find("Content-Type").value_or("").starts_with("text/csv"));
    return reply.body;
  };
  EXPECT_EQ(
      csv("products?days=7"),
      "product_id,product_name,net_revenue,previous_net_revenue,change_net_revenue,change_percent,units,"
      "previous_units,orders,available,is_active,days_of_stock_left\r\n" +
          product_1 + ",\"'=HYPERLINK(1)\",20.00,0.00,20.00,,2,0,1,,,\r\n");
  EXPECT_EQ(
      csv("bought-together?product_id=" + product_1),
      "product_id,product_name,orders_together,placed_orders,support,confidence,reverse_confidence,lift\r\n");
  EXPECT_EQ(csv("cohorts?months=1"),
            "cohort,month,months_later,customers,active_customers,retention,placed_orders,gross_revenue,"
            "revenue_per_customer,incomplete\r\n2026-07,2026-07,0,1,1,100.00,1,20.00,20.00,true\r\n");
  EXPECT_TRUE(csv("segments").contains("\r\nlost,Lost,\"Bought little, longest ago.\",1,100.00,1,20.00,"));
  EXPECT_TRUE(csv("segments?table=scores").contains("\r\n1,1,4,4,1,1,1,1,20.00,20.00\r\n"));
  EXPECT_TRUE(csv("heat-map?metric=net_revenue").contains("\r\nfriday,13,4,20.00\r\n"));
  EXPECT_EQ(csv("forecast"), "date,expected_revenue,low_80,high_80,low_95,high_95\r\n");
  EXPECT_EQ(csv("forecast?table=backtest"), "method,mean_absolute_error,percent_off,chosen\r\n");
}

TEST_F(ReportRoutesTest, BadParametersAreRefusedAllAtOnceAndNeverClamped) {
  EXPECT_EQ(errors(get("products?days=0&limit=101&sort=best&tz=Mars")).size(), 4u);
  EXPECT_EQ(errors(get("products?days=7&from=2026-07-01&to=2026-07-02")),
            (Errors{"days: cannot be combined with from and to"}));
  EXPECT_EQ(errors(get("products?sort=best")), (Errors{"sort: must be one of top, falling"}));
  EXPECT_EQ(errors(get("bought-together")), (Errors{"product_id: is required"}));
  EXPECT_EQ(
      errors(get("bought-together?product_id=7&limit=0&from=2026-07-01")),
      (Errors{"product_id: must be a UUID", "to: must be given together with the other end of the period",
              "limit: must be an integer from 1 to 100"}));
  for (const std::string months : {"0", "37", "x"})
    EXPECT_EQ(errors(get("cohorts?tz=UTC&months=" + months)),
              (Errors{"months: must be an integer from 1 to 36"}));
  for (const std::string days : {"0", "61", "1.5"})
    EXPECT_EQ(errors(get("forecast?days=" + days)), (Errors{"days: must be an integer from 1 to 60"}));
  EXPECT_EQ(errors(get("heat-map?metric=profit")).at(0).substr(0, 45),
            "metric: must be one of gross_revenue, cancell");
  EXPECT_EQ(errors(get("heat-map?metric=&days=366&format=xml")).size(), 3u);
  EXPECT_EQ(errors(get("segments?table=days")), (Errors{"table: must be one of segments, scores"}));
  EXPECT_EQ(errors(get("forecast?table=scores")), (Errors{"table: must be one of days, backtest"}));
}

TEST_F(ReportRoutesTest, AnEmptyShopHasEmptyReports) {
  EXPECT_TRUE(get("products").at("/data/products").as_array().empty());
  EXPECT_EQ(get("heat-map").at("/data/cells").as_array().size(), 168u);
  expect_holds(get("segments"),
               R"("customers":0,"customer_share":null,"placed_orders":0,"net_revenue":0.00,)"
               R"("revenue_share":null,"revenue_per_customer":null,"mean_recency_days":null})");
  EXPECT_EQ(text(get("cohorts?months=1"), "/data/cohorts/0/customers"), "0");
}

}  // namespace
}  // namespace cloudcart::analytics
