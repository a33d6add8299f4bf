#include "analytics/http/live_socket.h"

#include <gmock/gmock.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "analytics/http/routes.h"
#include "core/json_reader.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;
using test::SaleEvents;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Runs on virtual time. What the socket tells is gathered as it comes, as by a client that reads at once.
class LiveSocketTest : public testing::Test {
 protected:
  ~LiveSocketTest() override {
    socket->cancel();
    executor.run_until([&] { return !reading; });
  }

  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  void place(std::uint32_t order) { log.append(SaleEvents(order, 7, {{1, 2, 1999}}).placed(clock.now())); }
  void apply() {
    bool applied = false;
    start(events::catch_up(log, app.consumer), [&](auto) { applied = true; });
    executor.run_until([&] { return applied; });
  }
  static Caller caller(Role role) { return {.user = id_of<UserId>(1), .role = role}; }
  std::shared_ptr<LiveSocket> open(Role role) {
    return LiveSocket::open(app, overviews, caller(role)).value();
  }
  void become(Role role) {
    socket->cancel();
    executor.run_until([&] { return !reading; });
    socket = open(role);
  }

  /// Sends a message, with ' for ", and reads what comes within `time`.
  std::vector<std::string> say(std::string message, MonotonicTime::duration time = 5ms) {
    std::ranges::replace(message, '\'', '"');
    start(socket->receive(std::move(message)), [](auto) {});
    return hear(time);
  }
  std::vector<std::string> hear(MonotonicTime::duration time) {
    heard.clear();
    if (!reading) {
      reading = true;
      start(read(), [this](auto) { reading = false; });
    }
    pass(time);
    return heard;
  }
  Task<void> read() {
    const auto from = socket;
    while (auto messages = co_await from->next())
      for (auto& message : *messages) heard.push_back(std::move(message));
  }
  /// The types of messages, orders with their position.
  static std::vector<std::string> types(const std::vector<std::string>& messages) {
    std::vector<std::string> types;
    for (const auto& message : messages) {
      const auto json = parse_json(message).value();
      types.emplace_back(json.at("type").as_string());
      if (types.back() == "order") types.back() += " " + std::to_string(json.at("position").as_int64());
    }
    return types;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
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
                    .shop = {},
                    .max_stream_readers = 3}};
  std::shared_ptr<SharedOverviews> overviews = std::make_shared<SharedOverviews>(app);
  std::shared_ptr<LiveSocket> socket = open(Role::analyst);
  std::vector<std::string> heard;
  bool reading = false;
};

TEST_F(LiveSocketTest, NothingIsToldThatWasNotAskedFor) {
  place(1);
  apply();
  EXPECT_THAT(hear(1s), IsEmpty());
  EXPECT_THAT(say("{'action':'ping'}"), ElementsAre(R"({"type":"pong"})"));
}

TEST_F(LiveSocketTest, TheOverviewComesAtOnceAndOrdersAsTheyArePlaced) {
  place(1);
  apply();
  const auto first = say("{'action':'subscribe','topics':['overview','orders']}");
  ASSERT_THAT(types(first), ElementsAre("subscribed", "overview"));
  EXPECT_EQ(first[0], R"({"type":"subscribed","topics":["overview","orders"],"position":10})");
  EXPECT_THAT(first[1], HasSubstr(R"({"type":"overview","position":10,"data":{"period":)"));
  place(2);
  apply();
  EXPECT_THAT(types(hear(10ms)), ElementsAre("order 20"));
  EXPECT_THAT(types(hear(50ms)), ElementsAre("overview"));
}

TEST_F(LiveSocketTest, OrdersAloneComeWithoutOverviews) {
  say("{'action':'subscribe','topics':['orders']}");
  place(1);
  apply();
  EXPECT_THAT(types(hear(1s)), ElementsAre("order 10"));
  EXPECT_THAT(types(say("{'action':'unsubscribe','topics':['orders']}")), ElementsAre("unsubscribed"));
  place(2);
  apply();
  EXPECT_THAT(hear(1s), IsEmpty());
}

TEST_F(LiveSocketTest, GoesOnFromThePositionThatIsGiven) {
  for (std::uint32_t order = 1; order <= 4; ++order) place(order);
  apply();
  EXPECT_THAT(types(say("{'action':'subscribe','topics':['orders'],'after':20}")),
              ElementsAre("subscribed", "order 30", "order 40"));
  EXPECT_THAT(types(say("{'action':'subscribe','topics':['orders'],'after':99000}")),
              ElementsAre("subscribed"))
      << "a position of another log";
  place(5);
  apply();
  EXPECT_THAT(types(hear(20ms)), ElementsAre("order 50"));
}

TEST_F(LiveSocketTest, WhatACommandHasToTellGoesOutBeforeTheNextIsLookedAt) {
  for (std::uint32_t order = 1; order <= 3; ++order) place(order);
  apply();
  for (int i = 0; i < 2; ++i)
    start(socket->receive(R"({"action":"subscribe","topics":["orders"],"after":10})"), [](const auto&) {});
  for (int i = 0; i < 2; ++i) {
    std::optional<std::vector<std::string>> told;
    start(socket->next(), [&](auto outcome) { told = std::get<0>(std::move(outcome)).value(); });
    executor.run_until([&] { return told.has_value(); });
    EXPECT_THAT(types(*told), ElementsAre("subscribed", "order 20", "order 30"));
  }
}

TEST_F(LiveSocketTest, AReaderThatWasSlowGetsTheNewestOrdersAndOneOverview) {
  std::vector<std::string> told;
  const auto step = [&] {
    bool done = false;
    start(socket->next(), [&](auto outcome) {
      for (auto& message : std::get<0>(std::move(outcome)).value()) told.push_back(std::move(message));
      done = true;
    });
    executor.run_until([&] { return done; });
  };
  start(socket->receive(R"({"action":"subscribe","topics":["overview","orders"]})"), [](auto) {});
  step();
  step();
  told.clear();
  const auto bound = static_cast<std::uint32_t>(replay_bound);
  for (std::uint32_t order = 1; order <= bound + 50; ++order) place(order);
  apply();
  pass(1s);
  step();
  EXPECT_LE(told.size(), 33u) << "a piece is bounded";
  while (told.size() < replay_bound + 1) step();
  const auto came = types(told);
  EXPECT_EQ(came.front(), "order 510");
  EXPECT_EQ(came.back(), "order " + std::to_string(10 * (bound + 50)));
  EXPECT_EQ(std::ranges::count(came, "overview"), 1);
}

TEST_F(LiveSocketTest, TheOverviewTakesTheParametersOfTheDashboard) {
  const auto first = say(
      "{'action':'subscribe','topics':['overview'],'from':'2024-02-27','to':'2024-03-01','tz':'Asia/Tokyo'}");
  ASSERT_THAT(types(first), ElementsAre("subscribed", "overview"));
  EXPECT_THAT(first[1], HasSubstr(R"("from":"2024-02-27","to":"2024-03-01")"));
  EXPECT_THAT(first[1], HasSubstr("Asia/Tokyo"));
  EXPECT_THAT(types(say("{'action':'subscribe','topics':['overview']}")),
              ElementsAre("subscribed", "overview"))
      << "another period takes its place";
  const auto days = say("{'action':'subscribe','topics':['overview'],'days':30,'compare':'previous_year'}");
  ASSERT_THAT(types(days), ElementsAre("subscribed", "overview"));
  EXPECT_THAT(days[1], HasSubstr(R"("from":"2026-06-16","to":"2026-07-15","days":30)"));
  EXPECT_THAT(days[1], HasSubstr(R"("previous_from":"2025-06-16")"));
  EXPECT_THAT(days[1], HasSubstr(R"("compare":"previous_year")"));
}

TEST_F(LiveSocketTest, EveryViolationIsNamed) {
  const auto answer = [&](std::string message) {
    const auto heard_now = say(std::move(message));
    return heard_now.size() == 1 ? heard_now.front() : "(not one answer)";
  };
  EXPECT_THAT(answer("nonsense"), HasSubstr(R"("type":"error","code":"malformed_request")"));
  EXPECT_THAT(answer("{}"), HasSubstr("action: "));
  EXPECT_THAT(answer("{'action':'dance'}"), HasSubstr("action: must be subscribe, unsubscribe or ping"));
  EXPECT_THAT(answer("{'action':'subscribe'}"), HasSubstr("topics: "));
  EXPECT_THAT(answer("{'action':'subscribe','topics':[]}"), HasSubstr("topics: "));
  const auto many = answer(
      "{'action':'subscribe','topics':['orders','gossip'],'after':-1,'from':'2024-01-01','tz':'Mars','"
      "products':['x']}");
  for (const auto* field : {"topics[1]: ", "after: ", "to: ", "tz: ", "products[0]: "})
    EXPECT_THAT(many, HasSubstr(field));
  const auto period = answer(
      "{'action':'subscribe','topics':['overview'],'days':366,'from':'2024-01-01','to':'2024-01-02','compare'"
      ":'x'}");
  for (const auto* error :
       {"days: must be an integer from 1 to 365", "days: cannot be combined with from and to",
        "compare: must be one of previous_period, previous_year, matching_weekdays"})
    EXPECT_THAT(period, HasSubstr(error));
  place(1);
  apply();
  EXPECT_THAT(hear(1s), IsEmpty()) << "nothing of it was done";
}

TEST_F(LiveSocketTest, ATopicThatTheRoleMayNotSeeIsNamedAndTheRestStands) {
  const auto first = say("{'action':'subscribe','topics':['stock','orders']}");
  ASSERT_THAT(types(first), ElementsAre("error", "subscribed"));
  EXPECT_EQ(
      first[0],
      R"({"type":"error","code":"forbidden","message":"Your role does not allow this topic.","topic":"stock"})");
  EXPECT_THAT(first[1], HasSubstr(R"("topics":["orders"])"));
  for (const auto role : {Role::staff, Role::admin}) {
    become(role);
    EXPECT_THAT(types(say("{'action':'subscribe','topics':['stock']}")), ElementsAre("subscribed"));
  }
}

TEST_F(LiveSocketTest, TheStockOfWhatIsSoldIsTold) {
  become(Role::staff);
  stock.put({}, {id_of<ProductId>(1), "Cup", 3, true});
  stock.put({}, {id_of<ProductId>(2), "Pot", 30, true});
  say("{'action':'subscribe','topics':['stock'],'products':['00000000-0000-0000-0000-000000000002']}");
  start(app.stock_watch.look(), [](auto) {});
  auto told = hear(20ms);
  ASSERT_THAT(types(told), ElementsAre("stock"));
  EXPECT_THAT(
      told[0],
      HasSubstr(R"("product_name":"Pot","available":30,"is_active":true,"is_low":false,"low_at":5})"));
  place(1);
  apply();
  start(app.stock_watch.look(), [](auto) {});
  told = hear(20ms);
  ASSERT_THAT(types(told), ElementsAre("stock"));
  EXPECT_THAT(told[0], HasSubstr(R"("product_name":"Cup","available":3,"is_active":true,"is_low":true)"));
}

TEST_F(LiveSocketTest, AStateIsToldAtOnceAndAnAlertOnlyWhenItComes) {
  app.live_feed.publish(LiveTopic::recommendations, {}, "model", R"({"is_trained":true})");
  app.live_feed.publish(LiveTopic::alerts, {}, "1", R"({"old":true})");
  EXPECT_THAT(say("{'action':'subscribe','topics':['recommendations','alerts']}", 50ms),
              ElementsAre(HasSubstr("subscribed"),
                          R"({"type":"recommendations","position":0,"data":{"is_trained":true}})"));
  app.live_feed.publish(LiveTopic::alerts, {}, "2", R"({"old":false})");
  EXPECT_THAT(hear(50ms), ElementsAre(R"({"type":"alert","position":0,"data":{"old":false}})"));
}

TEST_F(LiveSocketTest, HeartbeatsCome) {
  hear(14s);
  EXPECT_THAT(heard, IsEmpty());
  EXPECT_THAT(hear(2s), ElementsAre(R"({"type":"heartbeat"})"));
}

TEST_F(LiveSocketTest, OnlyAFewCommandsMayWait) {
  int taken = 0;
  for (int i = 0; i < 50; ++i) start(socket->receive(R"({"action":"ping"})"), [&](auto) { ++taken; });
  EXPECT_EQ(taken, 8);
  EXPECT_EQ(hear(10ms).size(), 50u);
  EXPECT_EQ(taken, 50);
}

TEST_F(LiveSocketTest, TooManyReadersAreRefused) {
  std::vector<std::shared_ptr<LiveSocket>> others{open(Role::analyst), open(Role::analyst)};
  EXPECT_EQ(LiveSocket::open(app, overviews, caller(Role::analyst)).error().code, ErrorCode::overloaded);
  others.clear();
  EXPECT_TRUE(LiveSocket::open(app, overviews, caller(Role::analyst)));
}

TEST_F(LiveSocketTest, TheRouteAnswersAHandshake) {
  test::HttpClient client(analytics_routes(app));
  http::Headers headers;
  headers.set("Upgrade", "websocket");
  headers.set("Connection", "Upgrade");
  headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  headers.set("Sec-WebSocket-Version", "13");
  const auto user = id_of<UserId>(1);
  EXPECT_EQ(client.as(Role::analyst, user).get("/api/ws", headers).status, 101);
  EXPECT_EQ(client.as(Role::customer, user).get("/api/ws", headers).status, 403);
  EXPECT_EQ(client.as_nobody().get("/api/ws", headers).status, 401);
  EXPECT_EQ(client.as(Role::analyst, user).get("/api/ws").status, 426);
}

}  // namespace
}  // namespace cloudcart::analytics
