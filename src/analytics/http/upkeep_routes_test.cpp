#include "analytics/http/upkeep_routes.h"

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

class UpkeepRoutesTest : public testing::Test {
 protected:
  void place_in_euros(std::uint32_t order) {
    auto event = SaleEvents(order, 7, {{1, 2, 450}}).placed(at("2026-07-15T10:00:00.000Z"));
    event.currency = Currency::parse("EUR").value();
    log.append(event);
    ASSERT_TRUE(sync_wait(events::catch_up(log, app.consumer)));
  }
  auto as(Role role) { return client.as(role, id_of<UserId>(99)); }

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
                    .shop = {}}};
  test::HttpClient client{upkeep_routes(app)};
};

TEST_F(UpkeepRoutesTest, DeadLettersAreShownWholeWithTheirReason) {
  place_in_euros(1);
  place_in_euros(2);
  const auto reply = as(Role::analyst).get("/api/analytics/dead-letters?page=2&limit=1");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(boost::json::serialize(reply.at("/data/dead_letters/0/position")), "20");
  EXPECT_EQ(reply.text("/data/dead_letters/0/event/orderId"), id_of<OrderId>(2).to_string());
  EXPECT_EQ(boost::json::serialize(reply.at("/data/dead_letters/0/event/items/0/quantity")), "2");
  EXPECT_NE(reply.text("/data/dead_letters/0/reason").find("set shop.currency"), std::string::npos);
  EXPECT_EQ(boost::json::serialize(reply.at("/data/pagination")),
            R"({"page":2,"limit":1,"total":2,"pages":2})");
}

TEST_F(UpkeepRoutesTest, ARetrySaysWhyItFailsAndCountsWhenItDoesNot) {
  place_in_euros(1);
  auto staff = as(Role::staff);
  const auto refused = staff.post("/api/analytics/dead-letters/10/retry", "{}");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.text("/message").find("still cannot be added up"), std::string::npos);
  store.set_currency(Currency::parse("EUR").value());
  const auto amendments = app.live_feed.amendments();
  EXPECT_EQ(staff.post("/api/analytics/dead-letters/10/retry", "{}").status, 200);
  EXPECT_GT(app.live_feed.amendments(), amendments);
  EXPECT_EQ(staff.post("/api/analytics/dead-letters/10/retry", "{}").status, 404);
  for (const std::string position : {"0", "x", "1.5", "-1"})
    EXPECT_EQ(staff.post("/api/analytics/dead-letters/" + position + "/retry", "{}").status, 400) << position;
}

TEST_F(UpkeepRoutesTest, ARebuildIsStartedOnceAndShown) {
  auto admin = as(Role::admin);
  EXPECT_EQ(admin.get("/api/analytics/rebuild").text("/data/phase"), "idle");
  const auto started = admin.post("/api/analytics/rebuild", "");
  EXPECT_EQ(started.status, 202);
  EXPECT_EQ(started.text("/data/phase"), "running");
  EXPECT_EQ(started.text("/data/started_at"), "2026-07-15T12:00:00.000Z");
  EXPECT_EQ(admin.post("/api/analytics/rebuild", "").text("/message"), "A rebuild is running already");
}

TEST_F(UpkeepRoutesTest, LookingIsForAnalystsMendingForStaffRebuildingForAdmins) {
  EXPECT_EQ(as(Role::customer).get("/api/analytics/dead-letters").status, 403);
  EXPECT_EQ(as(Role::analyst).post("/api/analytics/dead-letters/10/retry", "{}").status, 403);
  EXPECT_EQ(as(Role::staff).post("/api/analytics/rebuild", "").status, 403);
  EXPECT_EQ(client.as_nobody().get("/api/analytics/rebuild").status, 401);
  EXPECT_EQ(as(Role::admin).post("/internal/analytics/rebuild", "").status, 403);
}

}  // namespace
}  // namespace cloudcart::analytics
