#include "analytics/app/alert_app.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_alert_repository.h"
#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "analytics/app/analytics_app.h"
#include "core/json_reader.h"
#include "support/fake_event_log.h"
#include "support/fake_leadership.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;
using test::SaleEvents;

/// The time of an executor on a date.
class ExecutorClock final : public Clock {
 public:
  explicit ExecutorClock(const Executor& executor) : executor_(executor), began_(executor.now()) {}
  Timestamp now() const override {
    return at("2026-07-15T12:00:00.000Z") + std::chrono::floor<milliseconds>(executor_.now() - began_);
  }
  MonotonicTime monotonic_now() const override { return executor_.now(); }

 private:
  const Executor& executor_;
  const MonotonicTime began_;
};

/// Answers what it is told, in turn; after that it takes everything. A call takes a while.
class FakeSender final : public WebhookSender {
 public:
  Task<Status> send(WebhookCall call, Deadline) override {
    calls.push_back(std::move(call));
    times.push_back(Executor::current()->now());
    most_at_once = std::max(most_at_once, ++at_once);
    if (takes == MonotonicTime::duration::max()) {
      co_await ended.wait(0, MonotonicTime::max());
      --at_once;
      co_return fail(ErrorCode::unavailable, "stopped");
    }
    co_await sleep_until(Executor::current()->now() + takes);
    --at_once;
    if (failures == 0) co_return Status{};
    --failures;
    co_return fail(ErrorCode::unavailable, "answered 500");
  }
  void stop() override { ended.notify_all(); }

  int failures = 0;
  MonotonicTime::duration takes = 10ms;
  std::vector<WebhookCall> calls;
  std::vector<MonotonicTime> times;
  int at_once = 0, most_at_once = 0;
  Notifier ended;
};

/// Rules, figures and loops on virtual time.
class AlertAppTest : public testing::Test {
 protected:
  ~AlertAppTest() override { stop(); }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    start(std::move(task), [&](auto outcome) { result.emplace(std::get<0>(std::move(outcome))); });
    executor.run_until([&] { return result.has_value(); });
    return *std::move(result);
  }
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  /// The check and the delivery as they run in a server.
  void start_loops() {
    using Stop = BackgroundLoops::StopFlag;
    running = 2;
    background.start("check", executor, [this](Stop flag) -> Task<void> {
      co_await alerts.check.run(flag);
      --running;
    });
    background.start("deliver", executor, [this](Stop flag) -> Task<void> {
      co_await alerts.deliver.run(flag);
      --running;
    });
  }
  void stop() {
    background.request_stop();
    executor.run_until([&] { return running == 0; });
  }
  void place(std::uint32_t order, Timestamp time) {
    log.append(SaleEvents(order, 7, {{1, 1, 1000}}).placed(time));
  }
  void place(std::uint32_t order) { place(order, clock.now()); }
  void catch_up() { ASSERT_TRUE(run(events::catch_up(log, app.consumer))); }

  static AlertDraft draft(AlertCondition condition) {
    return {.name = "Rush",
            .metric = Metric::orders,
            .window = 1min,
            .condition = condition,
            .cool_down = 0min,
            .webhook = AlertDraft::Receiver{"https://hooks.example.com/", {}}};
  }
  SavedAlert create(AlertDraft draft) {
    return run(alerts.manage.create(caller(), std::move(draft))).value();
  }
  static Caller caller() { return {.user = id_of<UserId>(1), .role = Role::staff}; }
  std::size_t check() { return run(alerts.check(Deadline::max())).value(); }
  std::vector<RecordedEvent> events() {
    return run(alerts.manage.events(caller(), std::nullopt, 0, 100)).value().events;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  ExecutorClock clock{executor};
  SystemIdGenerator ids{clock};
  MemoryAnalyticsStore store;
  MemoryAlertRepository repository;
  MemoryStock stock;
  test::FakeEventLog log;
  FakeSender sender;
  test::FakeLeadership leadership;
  AnalyticsApp app{{.store = store,
                    .cube = store,
                    .letters = store,
                    .rebuild = store,
                    .log = log,
                    .stock = stock,
                    .clock = clock,
                    .shop = {}}};
  AlertApp alerts{{.alerts = repository,
                   .cube = store,
                   .log = log,
                   .feed = app.live_feed,
                   .sender = sender,
                   .clock = clock,
                   .ids = ids,
                   .leadership = leadership}};
  BackgroundLoops background;
  int running = 0;
};

TEST_F(AlertAppTest, ARoundFiresAndResolves) {
  create(draft(Threshold{Side::above, 1, 1}));
  EXPECT_EQ(check(), 0u);
  place(1);
  catch_up();
  EXPECT_EQ(check(), 0u);
  place(2);
  catch_up();
  EXPECT_EQ(check(), 1u);
  EXPECT_EQ(check(), 0u);
  pass(61s);
  EXPECT_EQ(check(), 1u);
  const auto all = events();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].event.reading.value, 2);
  EXPECT_EQ(all[1].event.position, 20);
  EXPECT_EQ(all[0].event.change, AlertChange::resolved);
  EXPECT_EQ(all[0].event.reading.value, 0);
  EXPECT_EQ(all[0].event.incident, all[1].event.id);
}

TEST_F(AlertAppTest, ASuddenDropIsSeenAgainstTheWindowBefore) {
  create(draft(SuddenChange{Direction::down, 5000, 5000, Baseline::window_before, 3}));
  for (std::uint32_t order = 1; order <= 4; ++order) place(order);
  catch_up();
  EXPECT_EQ(check(), 0u);
  pass(90s);
  EXPECT_EQ(check(), 1u);
  const auto event = events().at(0).event;
  EXPECT_EQ(event.reading, (AlertReading{.value = 0, .baseline = 4}));
}

TEST_F(AlertAppTest, FiguresThatAreBehindTheLogDecideNothing) {
  create(draft(Threshold{Side::below, 1, 1}));
  place(1);
  EXPECT_EQ(check(), 0u);
  catch_up();
  EXPECT_EQ(check(), 0u);
  pass(61s);
  EXPECT_EQ(check(), 1u);
}

TEST_F(AlertAppTest, ManyRulesAreCheckedEachOnItsOwnFigures) {
  for (int i = 0; i < 40; ++i) create(draft(Threshold{Side::above, 100 + i, 100 + i}));
  for (int i = 0; i < 3; ++i) create(draft(Threshold{Side::above, i, i}));
  create(draft(SuddenChange{Direction::up, 100, 100, Baseline::week_earlier, 1}));
  place(1, clock.now() - 168h);
  place(2);
  place(3);
  catch_up();
  EXPECT_EQ(check(), 3u);
  std::set<std::string> fired;
  for (const auto& recorded : events()) fired.insert(event_json(recorded.event));
  EXPECT_EQ(fired.size(), 3u);
}

TEST_F(AlertAppTest, TheLoopsTellTheStreamAndTheWebhookOnce) {
  const auto reader = app.live_feed.subscribe(TenantId{}, {LiveTopic::alerts}).value();
  const auto saved = create(draft(Threshold{Side::above, 0, 0}));
  start_loops();
  pass(10s);
  place(1);
  catch_up();
  pass(1s);
  ASSERT_EQ(sender.calls.size(), 1u);
  const auto told = reader->messages_after(LiveTopic::alerts, 0);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(sender.calls[0].body, told[0].json);
  EXPECT_EQ(sender.calls[0].webhook, (Webhook{"https://hooks.example.com/", *saved.new_secret}));
  EXPECT_EQ(events().at(0).delivery->status, DeliveryStatus::delivered);
  pass(70s);
  EXPECT_EQ(sender.calls.size(), 2u);
  EXPECT_EQ(parse_json(sender.calls[1].body)->at("type").as_string(), "alert.resolved");
}

TEST_F(AlertAppTest, WhatOneProcessDoesTheOthersLeaveToIt) {
  leadership.leading = false;
  create(draft(Threshold{Side::above, 0, 0}));
  start_loops();
  place(1);
  catch_up();
  pass(10s);
  EXPECT_TRUE(events().empty());
  leadership.leading = true;
  pass(5s);
  EXPECT_EQ(events().size(), 1u);
  EXPECT_EQ(sender.calls.size(), 1u);
  leadership.leading = false;
  pass(70s);
  EXPECT_EQ(events().size(), 1u) << "it would be over by now";
}

TEST_F(AlertAppTest, AnAttemptThatAnotherProcessHasClaimedIsLeftToIt) {
  create(draft(Threshold{Side::above, 0, 0}));
  place(1);
  catch_up();
  ASSERT_EQ(check(), 1u);
  const DeliveryClaim claim{.attempts = 0, .now = clock.now(), .until = clock.now() + 5s};
  const auto event = events().at(0).event.id;
  ASSERT_TRUE(run(repository.claim(TenantId{}, event, claim, Deadline::max())).value());
  start_loops();
  pass(4s);
  EXPECT_TRUE(sender.calls.empty());
  pass(2s);
  EXPECT_EQ(sender.calls.size(), 1u) << "it did not come back";
}

TEST_F(AlertAppTest, WhatOthersRecordIsToldOnce) {
  const auto saved = create(draft(Threshold{Side::above, 0, 0}));
  const auto reader = app.live_feed.subscribe(TenantId{}, {LiveTopic::alerts}).value();
  const auto hear = [&] { ASSERT_TRUE(run(alerts.hear(Deadline::max()))); };
  const auto told = [&] { return reader->messages_after(LiveTopic::alerts, 0).size(); };
  const auto watched = run(repository.watched(Deadline::max())).value().at(0);
  auto before = event_of(watched.rule, watched.state, AlertChange::fired, AlertReason::measured,
                         ids.next_id<AlertEventId>(), clock.now() - 1s);
  ASSERT_TRUE(run(repository.record(watched, before, Deadline::max())).value());
  hear();
  EXPECT_EQ(told(), 0u) << "it was before this process began";
  pass(1s);
  const auto firing = run(repository.watched(Deadline::max())).value().at(0);
  const auto end = event_of(firing.rule, firing.state, AlertChange::resolved, AlertReason::measured,
                            ids.next_id<AlertEventId>(), clock.now());
  ASSERT_TRUE(run(repository.record(firing, end, Deadline::max())).value());
  hear();
  hear();
  EXPECT_EQ(told(), 1u);
  place(1);
  catch_up();
  ASSERT_EQ(check(), 1u);
  hear();
  EXPECT_EQ(told(), 2u) << "what was recorded here has been told";
}

TEST_F(AlertAppTest, NothingHappeningFiresToo) {
  create(draft(Threshold{Side::below, 1, 1}));
  place(1);
  catch_up();
  start_loops();
  pass(55s);
  EXPECT_TRUE(events().empty());
  pass(10s);
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(AlertAppTest, WhatFailsIsTriedAgainWithGrowingPauses) {
  sender.failures = 4;
  create(draft(Threshold{Side::above, 0, 0}));
  place(1);
  catch_up();
  start_loops();
  pass(50s);
  ASSERT_EQ(sender.calls.size(), 5u);
  const auto body = sender.calls[0].body;
  auto whole = MonotonicTime::duration{1s};
  for (std::size_t i = 1; i < 5; ++i, whole *= 3) {
    EXPECT_EQ(sender.calls[i].event, sender.calls[0].event);
    EXPECT_EQ(sender.calls[i].body, body);
    const auto pause = sender.times[i] - sender.times[i - 1];
    EXPECT_GE(pause, whole / 2);
    EXPECT_LE(pause, whole + 20ms);
  }
  const auto delivery = *events().at(0).delivery;
  EXPECT_EQ(delivery.status, DeliveryStatus::delivered);
  EXPECT_EQ(delivery.attempts, 5);
  EXPECT_EQ(alerts.deliver.attempts_failed(), 4u);
}

TEST_F(AlertAppTest, AfterTheLastAttemptItGivesUp) {
  sender.failures = 1000;
  create(draft(Threshold{Side::above, 0, 0}));
  place(1);
  catch_up();
  start_loops();
  pass(30s);
  pass(5h);
  const auto all = events();
  const auto& fired = all.back();
  EXPECT_EQ(fired.delivery->status, DeliveryStatus::given_up);
  EXPECT_EQ(fired.delivery->attempts, 12);
  EXPECT_EQ(fired.delivery->last_error, "answered 500");
  EXPECT_GE(alerts.deliver.given_up(), 1u);
}

TEST_F(AlertAppTest, OnlyAFewAttemptsAreUnderWayAtOnce) {
  sender.takes = 2s;
  for (int i = 0; i < 20; ++i) create(draft(Threshold{Side::above, 0, 0}));
  place(1);
  catch_up();
  start_loops();
  pass(20s);
  EXPECT_EQ(sender.calls.size(), 20u);
  EXPECT_EQ(sender.most_at_once, 8);
}

/// A shop beside the others whose figures cannot be had.
class BrokenShopCube final : public SalesCube {
 public:
  explicit BrokenShopCube(SalesCube& cube) : cube_(cube) {}
  Task<Result<CubeAnswers>> ask(TenantId tenant, CubeQuestions questions, Deadline deadline) override {
    if (tenant.value == "broken") co_return fail(ErrorCode::unavailable, "told to fail");
    co_return co_await cube_.ask(std::move(tenant), std::move(questions), deadline);
  }
  Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) override {
    return cube_.extent(std::move(tenant), deadline);
  }
  Task<Result<std::optional<Companions>>> companions(TenantId tenant, ProductId product, TimeRange range,
                                                     std::size_t limit, Deadline deadline) override {
    return cube_.companions(std::move(tenant), product, range, limit, deadline);
  }
  Task<Result<std::vector<Cohort>>> cohorts(TenantId tenant, TimeAxis months, Deadline deadline) override {
    return cube_.cohorts(std::move(tenant), std::move(months), deadline);
  }
  Task<Result<std::vector<CustomerProfile>>> customers(TenantId tenant, Deadline deadline) override {
    return cube_.customers(std::move(tenant), deadline);
  }

 private:
  SalesCube& cube_;
};

TEST_F(AlertAppTest, AShopWhoseFiguresCannotBeHadKeepsNoOtherFromBeingLookedAt) {
  BrokenShopCube cube(store);
  AlertApp careful{{.alerts = repository,
                    .cube = cube,
                    .log = log,
                    .feed = app.live_feed,
                    .sender = sender,
                    .clock = clock,
                    .ids = ids}};
  auto other = caller();
  other.tenant.value = "broken";
  ASSERT_TRUE(run(careful.manage.create(other, draft(Threshold{Side::below, 1, 1}))));
  create(draft(Threshold{Side::below, 1, 1}));
  EXPECT_EQ(run(careful.check(Deadline::max())).error().code, ErrorCode::unavailable);
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(AlertAppTest, AnAlertWhoseWebhookHangsKeepsNoOtherWaiting) {
  sender.takes = 60s;
  auto flapping = draft(Threshold{Side::above, 0, 0});
  const auto id = create(flapping).watched.rule.id;
  for (int i = 0; i < 10; ++i) {
    auto watched = run(alerts.manage.get(caller(), id)).value();
    const auto change = watched.state.firing ? AlertChange::resolved : AlertChange::fired;
    auto event = event_of(watched.rule, watched.state, change, AlertReason::measured,
                          ids.next_id<AlertEventId>(), clock.now());
    ASSERT_TRUE(run(repository.record(watched, event, Deadline::max())).value());
  }
  create(draft(Threshold{Side::below, 1, 1}));
  start_loops();
  pass(5s);
  EXPECT_EQ(sender.calls.size(), 2u);
  EXPECT_EQ(sender.at_once, 2);
}

TEST_F(AlertAppTest, AnAttemptThatTheEndCutsOffIsNotCounted) {
  sender.takes = MonotonicTime::duration::max();
  create(draft(Threshold{Side::above, 0, 0}));
  place(1);
  catch_up();
  start_loops();
  pass(1s);
  EXPECT_EQ(sender.at_once, 1);
  stop();
  const auto delivery = *events().at(0).delivery;
  EXPECT_EQ(delivery.status, DeliveryStatus::pending);
  EXPECT_EQ(delivery.attempts, 0);
}

TEST_F(AlertAppTest, ASecretIsMadeOnceAndStaysThroughEdits) {
  const auto saved = create(draft(Threshold{}));
  ASSERT_TRUE(saved.new_secret);
  EXPECT_TRUE(saved.new_secret->starts_with("whsec_"));
  EXPECT_EQ(saved.new_secret->size(), 6u + 43u);
  const auto id = saved.watched.rule.id;
  const auto update = [&](AlertDraft with, std::optional<std::int64_t> version = {}) {
    return run(alerts.manage.update(caller(), id, std::move(with), version));
  };
  const auto kept = update(draft(Threshold{})).value();
  EXPECT_EQ(kept.new_secret, std::nullopt);
  EXPECT_EQ(kept.watched.rule.webhook->secret, *saved.new_secret);
  auto own = draft(Threshold{});
  own.webhook->secret = "a secret of their own";
  EXPECT_EQ(update(own).value().new_secret, std::nullopt);
  auto none = draft(Threshold{});
  none.webhook.reset();
  EXPECT_EQ(update(none, 3).value().watched.rule.webhook, std::nullopt);
  EXPECT_EQ(update(none, 3).error().code, ErrorCode::conflict);
  const auto again = update(draft(Threshold{})).value();
  ASSERT_TRUE(again.new_secret);
  EXPECT_NE(*again.new_secret, *saved.new_secret);
}

TEST_F(AlertAppTest, AnEditOrDeletionThatEndsAnAlertIsTold) {
  const auto reader = app.live_feed.subscribe(TenantId{}, {LiveTopic::alerts}).value();
  const auto first = create(draft(Threshold{Side::above, 0, 0})).watched.rule.id;
  const auto second = create(draft(Threshold{Side::above, 0, 0})).watched.rule.id;
  place(1);
  catch_up();
  EXPECT_EQ(check(), 2u);
  auto off = draft(Threshold{Side::above, 0, 0});
  off.enabled = false;
  ASSERT_TRUE(run(alerts.manage.update(caller(), first, off, std::nullopt)));
  ASSERT_TRUE(run(alerts.manage.remove(caller(), second)));
  const auto told = reader->messages_after(LiveTopic::alerts, 0);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(parse_json(told[2].json)->at("reason").as_string(), "disabled");
  EXPECT_EQ(parse_json(told[3].json)->at("reason").as_string(), "deleted");
  EXPECT_EQ(run(alerts.manage.remove(caller(), second)).error().code, ErrorCode::not_found);
}

TEST_F(AlertAppTest, ATestIsSentOnceAndChangesNothing) {
  const auto id = create(draft(Threshold{Side::above, 0, 0})).watched.rule.id;
  EXPECT_TRUE(run(alerts.deliver.send_test(caller(), id)));
  sender.failures = 1;
  EXPECT_EQ(run(alerts.deliver.send_test(caller(), id)).error().message, "answered 500");
  ASSERT_EQ(sender.calls.size(), 2u);
  const auto body = parse_json(sender.calls[0].body).value();
  EXPECT_EQ(body.at("type").as_string(), "alert.test");
  EXPECT_NE(sender.calls[0].event, sender.calls[1].event);
  EXPECT_TRUE(events().empty());
  auto silent = draft(Threshold{});
  silent.webhook.reset();
  const auto other = create(silent).watched.rule.id;
  EXPECT_EQ(run(alerts.deliver.send_test(caller(), other)).error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace cloudcart::analytics
