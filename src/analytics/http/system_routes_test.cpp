#include "analytics/http/system_routes.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_ledger.h"
#include "analytics/app/analytics_consumer.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;
using test::SaleEvents;

class SystemRoutesTest : public testing::Test {
 protected:
  void count(const events::OrderEvent& event) {
    log.append(event);
    ASSERT_TRUE(sync_wait(events::catch_up(log, consumer)));
  }
  auto as(Role role) { return client.as(role, id_of<UserId>(99)); }
  static std::string text(const test::HttpReply& reply, std::string_view pointer) {
    return boost::json::serialize(reply.at(pointer));
  }

  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  MemoryAnalyticsStore store;
  MemoryLedger books;
  test::FakeEventLog log;
  LiveFeed feed{10};
  AnalyticsConsumer consumer{store, feed};
  SystemApp app{{.ledger = books,
                 .counted = store,
                 .cube = store,
                 .log = log,
                 .feed = feed,
                 .clock = clock,
                 .followers = {{"experiments", [](Caller) -> Task<Result<std::int64_t>> { co_return 0; }}}}};
  test::HttpClient client{system_routes(app)};
};

TEST_F(SystemRoutesTest, BothSidesAndTheDaysOnWhichTheyDifferAreTold) {
  const SaleEvents sale(1, 7, {{1, 2, 450}});
  count(sale.placed(at("2026-07-15T10:00:00.000Z")));
  books.append({10, sale.placed(at("2026-07-14T10:00:00.000Z"))});
  const auto reply = as(Role::analyst).get("/api/analytics/reconciliation");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(text(reply, "/data/equal"), "false");
  EXPECT_NE(reply.body.find(R"("difference":0.00,)"), std::string::npos);
  EXPECT_EQ(reply.at("/data/ledger/gross_revenue").to_number<double>(), 9.0);
  EXPECT_EQ(text(reply, "/data/analytics/placed_units"), "2");
  EXPECT_EQ(text(reply, "/data/days_compared"), "2");
  EXPECT_EQ(reply.text("/data/differing_days/0/date"), "2026-07-14");
  EXPECT_EQ(reply.at("/data/differing_days/0/ledger/gross_revenue").to_number<double>(), 9.0);
  EXPECT_EQ(reply.at("/data/differing_days/0/analytics/gross_revenue").to_number<double>(), 0.0);
  EXPECT_EQ(text(reply, "/data/position"), "10");
  EXPECT_EQ(text(reply, "/data/dead_letters"), "0");
  EXPECT_EQ(reply.text("/data/checked_at"), "2026-07-15T12:00:00.000Z");
  EXPECT_TRUE(reply.at("/data/took_ms").is_int64());
}

TEST_F(SystemRoutesTest, ConsumersSayWhatTheyKnow) {
  count(SaleEvents(1, 7, {{1, 2, 450}}).placed(at("2026-07-15T10:00:00.000Z")));
  const auto reply = as(Role::staff).get("/api/analytics/consumers");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(
      text(reply, "/data"),
      R"({"end_position":10,"consumers":[)"
      R"({"name":"analytics","position":10,"events_behind":0,"last_event_at":"2026-07-15T10:00:00.000Z"},)"
      R"({"name":"experiments","position":0,"events_behind":1}]})");
}

TEST_F(SystemRoutesTest, TheyAreForThoseWhoMaySeeFigures) {
  for (const std::string path : {"/api/analytics/reconciliation", "/api/analytics/consumers"}) {
    EXPECT_EQ(client.as_nobody().get(path).status, 401) << path;
    EXPECT_EQ(as(Role::customer).get(path).status, 403) << path;
    for (const auto role : {Role::analyst, Role::staff, Role::admin})
      EXPECT_EQ(as(role).get(path).status, 200) << path;
  }
}

}  // namespace
}  // namespace cloudcart::analytics
