#include "analytics/http/dashboard_stream.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "analytics/http/answers.h"
#include "analytics/http/routes.h"
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

/// Counts what it is asked, and fails when told to.
class WatchedCube final : public SalesCube {
 public:
  Task<Result<CubeAnswers>> ask(TenantId tenant, CubeQuestions questions, Deadline deadline) override {
    ++reports;
    co_await sleep_until(Executor::current()->now() + 1ms);
    if (failing) co_return fail(ErrorCode::unavailable, "The store is told to fail.");
    co_return co_await store.ask(std::move(tenant), std::move(questions), deadline);
  }
  Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) override {
    return store.extent(std::move(tenant), deadline);
  }
  Task<Result<std::optional<Companions>>> companions(TenantId tenant, ProductId product, TimeRange range,
                                                     std::size_t limit, Deadline deadline) override {
    return store.companions(std::move(tenant), product, range, limit, deadline);
  }
  Task<Result<std::vector<Cohort>>> cohorts(TenantId tenant, TimeAxis months, Deadline deadline) override {
    return store.cohorts(std::move(tenant), std::move(months), deadline);
  }
  Task<Result<std::vector<CustomerProfile>>> customers(TenantId tenant, Deadline deadline) override {
    return store.customers(std::move(tenant), deadline);
  }

  MemoryAnalyticsStore store;
  int reports = 0;
  bool failing = false;
};

/// Runs on virtual time: a test of fifteen seconds takes none.
class DashboardStreamTest : public testing::Test {
 protected:
  using Stream = std::shared_ptr<DashboardStream>;

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    start(std::move(task), [&](auto outcome) { result.emplace(std::get<0>(std::move(outcome))); });
    executor.run_until([&] { return result.has_value(); });
    return *std::move(result);
  }
  void place(std::uint32_t order) { log.append(SaleEvents(order, 7, {{1, 2, 1999}}).placed(clock.now())); }
  void apply() { ASSERT_TRUE(run(events::catch_up(log, app.consumer))); }
  Result<Stream> open(std::optional<std::int64_t> last_event_id = {}, PeriodRequest request = {}) {
    return run(DashboardStream::open(app, overviews, Caller{}, std::move(request), last_event_id));
  }
  std::string next(const Stream& stream) { return run(stream->next()).value_or("(end)"); }
  /// What arrives from now on, piece by piece, with the time it took to come.
  struct Arrival {
    MonotonicTime::duration after;
    std::string piece;
  };
  Arrival timed_next(const Stream& stream) {
    const auto before = executor.now();
    auto piece = next(stream);
    return {executor.now() - before, std::move(piece)};
  }
  static int count(const std::string& text, std::string_view part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  WatchedCube cube;
  test::FakeEventLog log;
  MemoryStock stock;
  AnalyticsApp app{{.store = cube.store,
                    .cube = cube,
                    .letters = cube.store,
                    .rebuild = cube.store,
                    .log = log,
                    .stock = stock,
                    .clock = clock,
                    .shop = {},
                    .max_stream_readers = 1000}};
  std::shared_ptr<SharedOverviews> overviews = std::make_shared<SharedOverviews>(app);
};

TEST_F(DashboardStreamTest, TheOverviewComesAtOnceAndIsTheDashboard) {
  place(1);
  apply();
  const auto stream = open().value();
  const auto [after, piece] = timed_next(stream);
  EXPECT_EQ(after, 0s);
  EXPECT_TRUE(piece.starts_with("id: 10\nevent: overview\ndata: {\"period\":{")) << piece;
  EXPECT_TRUE(piece.ends_with("}\n\n"));
  EXPECT_EQ(count(piece, "event: "), 1);
  EXPECT_EQ(count(piece, "\"total_revenue\":39.98"), 3);  // overview, day and product
}

TEST_F(DashboardStreamTest, AnOrderIsPushedAndTheOverviewItChangesFollows) {
  const auto stream = open().value();
  EXPECT_EQ(count(next(stream), "id: "), 0);  // nothing in the log yet: no position to come back to
  std::optional<std::string> piece;
  start(stream->next(), [&](auto outcome) { piece = std::get<0>(std::move(outcome)).value_or("(end)"); });
  executor.post_at(executor.now() + 60ms, [&] {
    place(1);
    start(events::catch_up(log, app.consumer), [](auto) {});
  });
  executor.run_until([&] { return piece.has_value(); });
  const auto order =
      "id: 10\nevent: order\n"
      R"(data: {"event_id":"00000000-0000-0000-0000-000000000011","type":"order.created",)"
      R"("order_id":"00000000-0000-0000-0000-000000000001","user_id":"00000000-0000-0000-0000-000000000007",)"
      R"("status":"pending","kind":"sale","total_amount":39.98,"currency":"GBP","item_count":2,)"
      R"("timestamp":"2026-07-15T12:00:00.000Z"})"
      "\n\n";
  EXPECT_EQ(*piece, order) << "it does not wait for the overview to be made";
  const auto [after, overview] = timed_next(stream);
  EXPECT_TRUE(overview.starts_with("id: 10\nevent: overview\n"));
  EXPECT_LE(after, 20ms);
}

TEST_F(DashboardStreamTest, OverviewsComeHoweverManyOrdersDo) {
  const auto stream = open().value();
  next(stream);
  std::uint32_t order = 0;
  int overviews = 0;
  for (const auto end = executor.now() + 1s; executor.now() < end;) {
    for (int i = 0; i < 3; ++i) place(++order);
    apply();
    overviews += count(next(stream), "event: overview\n");
  }
  EXPECT_GE(overviews, 12);
}

TEST_F(DashboardStreamTest, OverviewsComeAtMostEvery50MillisecondsAndOrdersSooner) {
  const auto stream = open().value();
  next(stream);
  place(1);
  apply();
  const auto first = timed_next(stream);
  EXPECT_LE(first.after, 10ms);
  EXPECT_EQ(count(first.piece, "event: order\n"), 1);
  EXPECT_EQ(count(first.piece, "event: overview"), 0);
  const auto second = timed_next(stream);
  EXPECT_GT(second.after, 30ms);
  EXPECT_LE(second.after, 50ms);
  EXPECT_EQ(count(second.piece, "event: overview"), 1);
  EXPECT_EQ(count(second.piece, "\"position\":10"), 1);
}

TEST_F(DashboardStreamTest, AStatusChangeIsNoOrderButChangesTheOverview) {
  place(1);
  apply();
  const auto stream = open().value();
  next(stream);
  log.append(SaleEvents(1, 7, {{1, 2, 1999}}).moved(2, OrderStatus::confirmed, clock.now()));
  apply();
  const auto piece = next(stream);
  EXPECT_EQ(count(piece, "event: order\n"), 0);
  EXPECT_EQ(count(piece, "{\"status\":\"confirmed\",\"count\":1,"), 1);
}

TEST_F(DashboardStreamTest, AReaderThatComesBackGetsTheOrdersItMissed) {
  for (std::uint32_t order = 1; order <= 4; ++order) place(order);
  apply();
  const auto piece = next(open(20).value());
  EXPECT_EQ(count(piece, "event: order\n"), 2);
  EXPECT_TRUE(piece.starts_with("id: 30\nevent: order\n"));
  EXPECT_EQ(count(piece, "id: 40\nevent: order\n"), 1);
  EXPECT_EQ(count(piece, "id: 40\nevent: overview\n"), 1);
  const auto of_another_log = open(99'000).value();
  EXPECT_TRUE(next(of_another_log).starts_with("id: 40\nevent: overview\n"));
  place(5);
  apply();
  EXPECT_EQ(count(next(of_another_log), "id: 50\nevent: order\n"), 1);
}

TEST_F(DashboardStreamTest, ASlowReaderGetsTheNewestOrdersAndOneOverview) {
  const auto stream = open().value();
  next(stream);
  const auto bound = static_cast<std::uint32_t>(replay_bound);
  for (std::uint32_t order = 1; order <= bound + 50; ++order) place(order);
  apply();
  run([]() -> Task<int> {
    co_await sleep_until(Executor::current()->now() + 1s);
    co_return 0;
  }());
  int orders = 0, overviews = 0;
  for (const auto before = executor.now(); orders < static_cast<int>(bound);) {
    const auto piece = next(stream);
    EXPECT_LE(count(piece, "event: order\n"), 32) << "a piece is bounded";
    if (orders == 0) EXPECT_TRUE(piece.starts_with("id: 510\n"));
    orders += count(piece, "event: order\n");
    overviews += count(piece, "event: overview\n");
    ASSERT_LT(executor.now() - before, 20ms) << "what has waited is not held back";
  }
  EXPECT_EQ(orders, static_cast<int>(bound));
  EXPECT_EQ(overviews, 1);
}

TEST_F(DashboardStreamTest, HeartbeatsComeEvery15Seconds) {
  const auto stream = open().value();
  next(stream);
  for (int i = 0; i < 3; ++i) {
    const auto [after, piece] = timed_next(stream);
    EXPECT_EQ(after, 15s);
    EXPECT_EQ(piece, "event: heartbeat\ndata: {}\n\n");
  }
}

TEST_F(DashboardStreamTest, ANewDayBringsANewOverview) {
  const auto stream = open().value();
  next(stream);
  clock.advance(24h);
  const auto piece = next(stream);
  EXPECT_EQ(count(piece, "event: overview\n"), 1);
  EXPECT_EQ(count(piece, "\"to\":\"2026-07-16\""), 1);
}

TEST_F(DashboardStreamTest, ReadersWithOneQuestionShareOneAnswer) {
  std::vector<Stream> streams;
  for (int i = 0; i < 100; ++i) streams.push_back(open().value());
  EXPECT_EQ(cube.reports, 1);
  for (const auto& stream : streams) next(stream);
  place(1);
  apply();
  int arrived = 0;
  const auto read_until_overview = [&](Stream stream) -> Task<int> {
    while (count((co_await stream->next()).value(), "event: overview") == 0) {
    }
    co_return ++arrived;
  };
  for (const auto& stream : streams) start(read_until_overview(stream), [](auto) {});
  executor.run_until([&] { return arrived == 100; });
  EXPECT_EQ(cube.reports, 2);
  ASSERT_TRUE(open({}, {.zone = TimeZone::load("Asia/Tokyo")}));
  EXPECT_EQ(cube.reports, 3);
}

TEST_F(DashboardStreamTest, OtherDaysAndComparisonsAreOtherQuestions) {
  const auto reports_after = [&](PeriodRequest request) {
    EXPECT_TRUE(open({}, std::move(request)));
    return cube.reports;
  };
  EXPECT_EQ(reports_after({}), 1);
  EXPECT_EQ(reports_after({.days = 7, .comparison = Comparison::previous_period}), 1) << "the defaults";
  EXPECT_EQ(reports_after({.days = 30}), 2);
  EXPECT_EQ(reports_after({.days = 30, .comparison = Comparison::previous_year}), 3);
  EXPECT_EQ(reports_after({.comparison = Comparison::previous_year}), 4);
  EXPECT_EQ(reports_after({.days = 30, .comparison = Comparison::previous_year}), 4);
}

TEST_F(DashboardStreamTest, TheOverviewIsTheDashboardOfTheSameParameters) {
  log.append(SaleEvents(1, 7, {{1, 2, 1999}}).placed(at("2025-07-01T12:00:00.000Z")));
  place(2);
  apply();
  const PeriodRequest request{.days = 30, .comparison = Comparison::previous_year};
  const auto report = run(app.get_dashboard(Caller{}, request)).value();
  EXPECT_EQ(report.report.previous_sales.total.placed_orders, 1);
  EXPECT_EQ(next(open({}, request).value()),
            "id: 20\nevent: overview\ndata: " + dashboard_json(report, app.shop()).str() + "\n\n");
}

TEST_F(DashboardStreamTest, AlertsAreEventsOfTheStream) {
  place(1);
  apply();
  const auto stream = open().value();
  next(stream);
  app.live_feed.publish(LiveTopic::alerts, {}, "7", R"({"alert":7})");
  EXPECT_EQ(next(stream), "id: 10\nevent: alert\ndata: {\"alert\":7}\n\n");
}

TEST_F(DashboardStreamTest, CancelEndsAWaitAtOnce) {
  auto stream = open().value();
  next(stream);
  std::optional<bool> ended;
  const auto before = executor.now();
  start(stream->next(), [&](auto outcome) { ended = !std::get<0>(outcome).has_value(); });
  executor.post_at(before + 1s, [&] { stream->cancel(); });
  executor.run_until([&] { return ended.has_value(); });
  EXPECT_TRUE(*ended);
  EXPECT_EQ(executor.now() - before, 1s);
  EXPECT_EQ(next(stream), "(end)");
  stream.reset();
  EXPECT_EQ(app.live_feed.readers(), 0u);
}

TEST_F(DashboardStreamTest, AnOpenStreamOutlivesAFailureOfTheStore) {
  const auto stream = open().value();
  next(stream);
  place(1);
  apply();
  cube.failing = true;
  EXPECT_EQ(count(next(stream), "event: order\n"), 1);
  EXPECT_EQ(open().error().code, ErrorCode::unavailable);
  executor.post_at(executor.now() + 500ms, [&] { cube.failing = false; });
  const auto [after, piece] = timed_next(stream);
  EXPECT_EQ(count(piece, "event: overview"), 1);
  EXPECT_LT(after, 2s);
}

TEST_F(DashboardStreamTest, TooManyReadersAreRefused) {
  std::vector<Stream> streams;
  for (int i = 0; i < 1000; ++i) streams.push_back(open().value());
  EXPECT_EQ(open().error().code, ErrorCode::overloaded);
}

TEST(DashboardStreamRouteTest, AnswersAnEventStreamAndChecksTheLastEventId) {
  test::FakeClock clock;
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
                    .shop = {}}};
  test::HttpClient client(analytics_routes(app));
  auto staff = client.as(Role::staff, id_of<UserId>(1));
  const auto get = [&](std::string id) {
    http::Headers headers;
    headers.set("Last-Event-ID", std::move(id));
    return staff.get("/api/analytics/stream", std::move(headers));
  };
  const auto reply = get("");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.find("Content-Type"), "text/event-stream");
  ASSERT_TRUE(reply.stream);
  EXPECT_TRUE(sync_wait(reply.stream->next()).value().starts_with("event: overview\n"));
  EXPECT_EQ(get("12").status, 200);
  for (const std::string id : {"-1", "x", "1x", "99999999999999999999"}) {
    const auto refused = get(id);
    EXPECT_EQ(refused.status, 400) << id;
    EXPECT_EQ(refused.at("/errors/0").as_string(), "Last-Event-ID: must be an id of this stream");
  }
}

}  // namespace
}  // namespace cloudcart::analytics
