#include "analytics/http/query_routes.h"

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
using Errors = std::vector<std::string>;

class QueryRoutesTest : public testing::Test {
 protected:
  void apply(std::initializer_list<events::OrderEvent> events) {
    for (const auto& event : events) log.append(event);
    ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer)));
  }
  test::HttpReply query(std::string body, std::string parameters = "") {
    return client.as(Role::analyst, id_of<UserId>(99))
        .post("/api/analytics/query" + parameters, std::move(body));
  }
  static std::string text(const test::HttpReply& reply, std::string_view pointer) {
    return boost::json::serialize(reply.at(pointer));
  }
  Errors errors(std::string body) {
    const auto reply = query(std::move(body));
    EXPECT_EQ(reply.status, 400) << reply.body;
    Errors errors;
    for (const auto& error : reply.at("/errors").as_array()) errors.emplace_back(error.as_string());
    return errors;
  }

  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
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

TEST_F(QueryRoutesTest, TheSchemaListsEveryMetricAndDimension) {
  const auto reply = client.as(Role::analyst, id_of<UserId>(99)).get("/api/analytics/schema");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/metrics").as_array().size(), all_metrics().size());
  EXPECT_EQ(reply.at("/data/dimensions").as_array().size(), all_dimensions().size());
  EXPECT_EQ(reply.at("/data/comparisons").as_array().size(), 3u);
  EXPECT_EQ(reply.text("/data/time_zone"), "Europe/London");
}

TEST_F(QueryRoutesTest, AnswersRowsTotalsComparisonAndFreshness) {
  apply({SaleEvents(1, 7, {{1, 2, 1999}}).placed(at("2026-07-14T23:30:00.000Z")),
         SaleEvents(2, 8, {{2, 1, 1000}}).placed(at("2026-07-13T10:00:00.000Z"))});
  const auto reply = query(
      R"({"metrics":["net_revenue","orders"],"dimensions":["day"],"days":2,"compare":"previous_period"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(
      reply.body.find(R"("rows":[{"day":"2026-07-14","net_revenue":0.00,"compared_net_revenue":0.00,)"
                      R"("change_net_revenue":null,"orders":0,"compared_orders":0,"change_orders":null,)"
                      R"("incomplete":false},{"day":"2026-07-15","net_revenue":39.98,)"
                      R"("compared_net_revenue":10.00,"change_net_revenue":299.8,"orders":1,)"
                      R"("compared_orders":1,"change_orders":0.0,"incomplete":true}])"),
      std::string::npos)
      << reply.body;
  EXPECT_NE(
      reply.body.find(R"("totals":{"net_revenue":39.98,"compared_net_revenue":10.00,)"
                      R"("change_net_revenue":299.8,"orders":1,"compared_orders":1,"change_orders":0.0})"),
      std::string::npos);
  EXPECT_EQ(text(reply, "/data/row_count"), "2");
  EXPECT_EQ(text(reply, "/data/compared"), R"({"from":"2026-07-12","to":"2026-07-13"})");
  EXPECT_EQ(text(reply, "/data/freshness/events_behind"), "0");
  EXPECT_EQ(reply.text("/data/period/time_zone"), "Europe/London");
}

TEST_F(QueryRoutesTest, CsvHasTheCellsOfTheJsonWhicheverWayItIsAskedFor) {
  auto sale = SaleEvents(1, 7, {{1, 2, 1999}}).placed(at("2026-07-14T10:00:00.000Z"));
  sale.lines[0].product_name = "=Tea, \"fine\"";
  apply({sale});
  const std::string body = R"({"metrics":["net_revenue"],"dimensions":["product"]})";
  const auto csv = query(body, "?format=csv");
  ASSERT_EQ(csv.status, 200);
  EXPECT_EQ(csv.body, "product,product_name,net_revenue\r\n" + id_of<ProductId>(1).to_string() +
                          ",\"'=Tea, \"\"fine\"\"\",39.98\r\n");
  EXPECT_EQ(csv.headers.find("Content-Type"), "text/csv; charset=utf-8; header=present");
  EXPECT_EQ(query(body, "?format=json").at("/data/row_count").as_int64(), 1);
  EXPECT_EQ(query(body, "?format=xml").status, 400);
}

TEST_F(QueryRoutesTest, FiltersLeaveOnlyWhatTheyTake) {
  apply({SaleEvents(1, 7, {{1, 2, 1999}, {2, 1, 500}}).placed(at("2026-07-14T10:00:00.000Z")),
         SaleEvents(2, 0, {{2, 1, 500}}).placed(at("2026-07-13T18:00:00.000Z"))});
  const auto net = [&](const std::string& filter) {
    const auto reply = query(R"({"metrics":["net_revenue"],"filters":[)" + filter + "]}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto totals = reply.body.substr(reply.body.find("\"totals\""));
    return totals.substr(0, totals.find('}') + 1);
  };
  const auto product = id_of<ProductId>(1).to_string();
  EXPECT_EQ(net(R"({"dimension":"product","values":[")" + product + R"("]})"),
            R"("totals":{"net_revenue":39.98})");
  EXPECT_EQ(net(R"({"dimension":"product","values":[")" + product + R"("],"exclude":true})"),
            R"("totals":{"net_revenue":10.00})");
  EXPECT_EQ(net(R"({"dimension":"customer","values":[null]})"), R"("totals":{"net_revenue":5.00})");
  EXPECT_EQ(net(R"({"dimension":"weekday","values":["tuesday"]})"), R"("totals":{"net_revenue":44.98})");
  EXPECT_EQ(net(R"({"dimension":"hour_of_day","values":[19]})"), R"("totals":{"net_revenue":5.00})");
  EXPECT_EQ(net(R"({"dimension":"category","values":["Nothing"]})"), R"("totals":{"net_revenue":0.00})");
}

TEST_F(QueryRoutesTest, EveryViolationIsNamedAtOnce) {
  EXPECT_EQ(errors("{}").size(), 1u);
  const auto all = errors(
      R"({"metrics":["revenue","orders","orders"],"dimensions":["year"],"from":"2026-07-02","days":0,)"
      R"("time_zone":"Mars","filters":[{"dimension":"hour","values":[1]},{"dimension":"status","values":["gone"]}],)"
      R"("order_by":"units","limit":10001,"compare":"last_week"})");
  const auto names = [&](std::string_view field) {
    return std::ranges::any_of(all, [&](const std::string& error) { return error.starts_with(field); });
  };
  for (const auto* field :
       {"metrics[0]: must be one of gross_revenue", "metrics[2]: is there twice",
        "dimensions[0]: must be one of hour", "to: must be given", "days: must be", "time_zone: must be",
        "filters[0].dimension: must be one of weekday", "filters[1].values[0]: must be a value of status",
        "order_by: must be one of", "limit: must be", "compare: must be one of"})
    EXPECT_TRUE(names(field)) << field;
}

TEST_F(QueryRoutesTest, OnePeriodOnly) {
  EXPECT_EQ(errors(R"({"metrics":["orders"],"days":7,"all_time":true})"),
            (Errors{"all_time: cannot be combined with from and to, or days: ask for one period"}));
  EXPECT_EQ(errors(R"({"metrics":["orders"],"days":7,"from":"2026-07-01","to":"2026-07-02"})"),
            (Errors{"days: cannot be combined with from and to"}));
  EXPECT_EQ(errors(R"({"metrics":["orders"],"from":"2026-07-02","to":"2026-07-01"})"),
            (Errors{"from: must not be after to"}));
  EXPECT_EQ(query(R"({"metrics":["orders"],"all_time":true,"dimensions":["month"]})").status, 200);
}

TEST_F(QueryRoutesTest, TheZoneIsNamedAsElsewhere) {
  const auto zone = [&](const std::string& fields) {
    return query(R"({"metrics":["orders"],)" + fields + "}").text("/data/period/time_zone");
  };
  EXPECT_EQ(zone(R"("tz":"Asia/Tokyo")"), "Asia/Tokyo");
  EXPECT_EQ(zone(R"("time_zone":"Asia/Tokyo")"), "Asia/Tokyo");
  EXPECT_EQ(errors(R"({"metrics":["orders"],"tz":"Mars"})"),
            (Errors{"tz: must be the IANA name of a time zone, like Europe/London"}));
  EXPECT_EQ(errors(R"({"metrics":["orders"],"tz":"UTC","time_zone":"UTC"})"),
            (Errors{"time_zone: is another name of tz: give one of them"}));
}

TEST_F(QueryRoutesTest, ThePeriodSaysWhatItIsComparedWith) {
  const auto reply = query(R"({"metrics":["orders"],"days":2,"compare":"previous_year"})");
  EXPECT_EQ(reply.text("/data/period/compare"), "previous_year");
  EXPECT_EQ(reply.text("/data/period/previous_from"), reply.text("/data/compared/from"));
  EXPECT_EQ(reply.text("/data/period/previous_to"), reply.text("/data/compared/to"));
  EXPECT_EQ(query(R"({"metrics":["orders"]})").text("/data/period/compare"), "previous_period");
}

TEST_F(QueryRoutesTest, OneFilterForACycleAndDatesThatACalendarIsAskedFor) {
  EXPECT_EQ(errors(R"({"metrics":["orders"],"filters":[{"dimension":"weekday","values":["monday"]},)"
                   R"({"dimension":"weekday","values":["friday"]}]})"),
            (Errors{"filters[1].dimension: must not come twice"}));
  EXPECT_EQ(errors(R"({"metrics":["orders"],"from":"2300-01-01","to":"2300-01-02"})").size(), 2u);
}

TEST_F(QueryRoutesTest, WhatIsNoJsonIsSaidToBe) {
  EXPECT_EQ(query("[1]").status, 400);
  EXPECT_EQ(query("{").status, 400);
  EXPECT_EQ(query(R"({"metrics":"orders"})").status, 400);
  EXPECT_EQ(query(R"({"metrics":[1]})").status, 400);
}

TEST_F(QueryRoutesTest, SortsByAMetricOrADimensionAndCuts) {
  apply({SaleEvents(1, 7, {{1, 1, 300}, {2, 1, 200}, {3, 1, 100}}).placed(at("2026-07-14T10:00:00.000Z"))});
  const auto first = [&](const std::string& rest) {
    return query(R"({"metrics":["net_revenue"],"dimensions":["product"],"limit":1)" + rest + "}")
        .text("/data/rows/0/product_name");
  };
  EXPECT_EQ(first(""), "Product 1");
  EXPECT_EQ(first(R"(,"order_by":"net_revenue","descending":false)"), "Product 3");
  EXPECT_EQ(first(R"(,"order_by":"product","descending":true)"), "Product 3");
}

}  // namespace
}  // namespace cloudcart::analytics
