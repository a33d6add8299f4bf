#include "http/balanced_client.h"

#include <latch>

#include <gtest/gtest.h>

#include "http/upgrade.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

/// A server that does what it is told, and counts.
class FakeServer final : public Client {
 public:
  struct State {
    int asked = 0, checked = 0, under_way = 0, most_under_way = 0;
    milliseconds takes{1};
    std::optional<ErrorCode> fails;
    Response answer{.status = 200};
    int ready_status = 200;
    ClientRequest last;
    std::vector<MonotonicTime> at;
  };
  explicit FakeServer(State& state) : state_(state) {}

  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override {
    if (request.target == "/ready") co_return check();
    const auto now = Executor::current()->now();
    ++state_.asked;
    state_.at.push_back(now);
    state_.last = std::move(request);
    state_.most_under_way = std::max(state_.most_under_way, ++state_.under_way);
    co_await sleep_until(std::min(now + state_.takes, deadline));
    --state_.under_way;
    if (state_.fails) co_return fail(*state_.fails, "told to fail");
    co_return state_.answer;
  }

 private:
  Result<Response> check() {
    ++state_.checked;
    if (state_.ready_status == 0) return fail(ErrorCode::unavailable, "not there");
    return Response{.status = state_.ready_status};
  }
  State& state_;
};

/// Two servers, on virtual time.
class BalancedClientTest : public testing::Test {
 protected:
  ~BalancedClientTest() override {
    loops.request_stop();
    executor.run_until([&] { return !watching; });
  }

  void make(BalanceOptions options = {}) {
    std::vector<Upstream> upstreams;
    upstreams.push_back({"a", std::make_unique<FakeServer>(a)});
    upstreams.push_back({"b", std::make_unique<FakeServer>(b)});
    client = std::make_unique<BalancedClient>(std::move(upstreams), options);
  }
  /// 200, or the error's word.
  using Answers = std::vector<std::string>;
  void begin(Answers& answers, Method method = Method::get, milliseconds limit = 10s) {
    start(client->send({.method = method, .target = "/x", .body = "body"}, executor.now() + limit),
          [&answers](auto outcome) {
            const auto& answer = std::get<0>(outcome);
            answers.push_back(answer ? std::to_string(answer->status)
                                     : std::string{to_string(answer.error().code)});
          });
  }
  std::string ask(Method method = Method::get, milliseconds limit = 10s) {
    Answers answers;
    begin(answers, method, limit);
    executor.run_until([&] { return !answers.empty(); });
    return answers[0];
  }
  std::string post() { return ask(Method::post); }
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  void watch() {
    watching = true;
    loops.start("watch", executor, [this](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await client->watch(stop);
      watching = false;
    });
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  FakeServer::State a, b;
  std::unique_ptr<BalancedClient> client;
  bool watching = false;
  BackgroundLoops loops;
};

TEST_F(BalancedClientTest, TakesTurnsWhereAllAreEquallyBusy) {
  make();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(), "200");
  EXPECT_EQ(a.asked, 5);
  EXPECT_EQ(b.asked, 5);
  EXPECT_EQ(a.last.body, "body");
}

TEST_F(BalancedClientTest, TheLessBusyIsAsked) {
  make();
  a.takes = 1h;
  Answers slow;
  begin(slow, Method::get, 2h);
  for (int i = 0; i < 10; ++i) ask();
  EXPECT_EQ(a.asked, 1);
  EXPECT_EQ(b.asked, 10);
  Answers more;
  b.takes = 1h;
  for (int i = 0; i < 7; ++i) begin(more, Method::get, 2h);
  EXPECT_EQ(a.under_way, 4);
  EXPECT_EQ(b.under_way, 4);
  executor.run_until([&] { return more.size() == 7; });
}

/// Of servers that have answered with one.
class EndlessStream final : public BodyStream {
 public:
  Task<std::optional<std::string>> next() override { co_return "more"; }
  void cancel() override {}
};
class EndlessUpgrade final : public Upgrade {
 public:
  Task<void> run(std::shared_ptr<UpgradedConnection>) override { co_return; }
  void end(End) override {}
};

TEST_F(BalancedClientTest, StreamsAndUpgradesAreUnderWayUntilTheirHeadHasCome) {
  make();
  std::vector<Result<Response>> kept;
  const auto keep_one = [&](Response answer) {
    a.answer = b.answer = std::move(answer);
    const auto before = kept.size();
    start(client->send({.target = "/live"}, Deadline::max()),
          [&](auto outcome) { kept.push_back(std::get<0>(std::move(outcome))); });
    executor.run_until([&] { return kept.size() > before; });
  };
  keep_one({.status = 200, .stream = std::make_shared<EndlessStream>()});
  EXPECT_TRUE(kept[0]->stream);
  keep_one({.status = 101, .upgrade = std::make_shared<EndlessUpgrade>()});
  EXPECT_TRUE(kept[1]->upgrade);
  a.answer = b.answer = {.status = 200};
  for (int i = 0; i < 8; ++i) ask();
  EXPECT_EQ(a.asked, 5);
  EXPECT_EQ(b.asked, 5);
}

TEST_F(BalancedClientTest, WhatWasNotSentIsSentToAnotherWhateverItsMethod) {
  make();
  a.fails = ErrorCode::unavailable;
  for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_}) {
    EXPECT_EQ(ask(method), "200");
    EXPECT_EQ(b.last.method, method);
    EXPECT_EQ(b.last.body, "body");
  }
  EXPECT_EQ(b.asked, 5);
}

TEST_F(BalancedClientTest, WhatMayHaveHappenedIsNotRepeated) {
  make();
  a.fails = ErrorCode::outcome_unknown;
  for (const auto method : {Method::post, Method::put, Method::patch, Method::delete_}) {
    const auto before = a.asked + b.asked;
    EXPECT_EQ(ask(method), "outcome_unknown");
    EXPECT_EQ(ask(method), "200");
    EXPECT_EQ(a.asked + b.asked, before + 2);
  }
}

TEST_F(BalancedClientTest, AReadIsRepeatedWhateverBecameOfIt) {
  make();
  a.fails = ErrorCode::outcome_unknown;
  EXPECT_EQ(ask(Method::get), "200");
  EXPECT_EQ(ask(Method::get), "200");
  EXPECT_EQ(ask(Method::head), "200");
  EXPECT_EQ(b.asked, 3);
}

TEST_F(BalancedClientTest, AnAnswerIsAnAnswerWhateverItsStatus) {
  make();
  a.answer.status = b.answer.status = 503;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(), "503");
  EXPECT_EQ(a.asked, 10);
  EXPECT_EQ(b.asked, 10);
}

TEST_F(BalancedClientTest, EachIsAskedOnceAtMost) {
  make();
  a.fails = b.fails = ErrorCode::unavailable;
  EXPECT_EQ(ask(), "unavailable");
  EXPECT_EQ(a.asked, 1);
  EXPECT_EQ(b.asked, 1);
}

TEST_F(BalancedClientTest, TheErrorIsThatOfTheLastAttempt) {
  make();
  a.fails = ErrorCode::unavailable;
  b.fails = ErrorCode::outcome_unknown;
  EXPECT_EQ(post(), "outcome_unknown") << "unavailable would say that nothing has happened";
}

TEST_F(BalancedClientTest, NothingIsRepeatedBeyondTheDeadline) {
  make();
  a.fails = b.fails = ErrorCode::unavailable;
  a.takes = b.takes = 1h;
  EXPECT_EQ(ask(Method::get, 500ms), "unavailable");
  EXPECT_EQ(a.asked + b.asked, 1);
  EXPECT_EQ(executor.now().time_since_epoch(), 500ms);
  EXPECT_EQ(ask(Method::get, -1ms), "deadline_exceeded");
  EXPECT_EQ(a.asked + b.asked, 1) << "nobody is asked too late";
}

TEST_F(BalancedClientTest, ARepeatedRequestKeepsItsDeadline) {
  make();
  a.fails = ErrorCode::unavailable;
  a.takes = 300ms;
  b.takes = 1h;
  b.fails = ErrorCode::unavailable;
  EXPECT_EQ(ask(Method::get, 500ms), "unavailable");
  EXPECT_EQ(b.asked, 1);
  EXPECT_EQ(executor.now().time_since_epoch(), 500ms);
}

TEST_F(BalancedClientTest, RetriesAreAShareOfTheRequestsAndAFewMore) {
  make({.circuit = {.failures = 1'000'000}, .retries = {.percent = 20, .per_second = 10, .most = 100}});
  a.fails = b.fails = ErrorCode::unavailable;
  a.takes = b.takes = 0ms;
  for (int i = 0; i < 1000; ++i) ask();
  EXPECT_EQ(executor.now().time_since_epoch(), 0ms);
  EXPECT_NEAR(a.asked + b.asked, 1000 + 10 + 200, 1);
  pass(1s);
  const auto before = a.asked + b.asked;
  for (int i = 0; i < 10; ++i) ask();
  EXPECT_NEAR(a.asked + b.asked, before + 10 + 10, 1) << "ten a second in any case";
}

TEST_F(BalancedClientTest, RetriesAreNotSavedUpWithoutEnd) {
  make({.circuit = {.failures = 1'000'000}, .retries = {.percent = 20, .per_second = 10, .most = 100}});
  pass(24h);
  a.fails = b.fails = ErrorCode::unavailable;
  a.takes = b.takes = 0ms;
  Answers answers;
  for (int i = 0; i < 1000; ++i) begin(answers);
  executor.run_until([&] { return answers.size() == 1000; });
  EXPECT_LE(a.asked + b.asked, 1000 + 100 + 200);
}

TEST_F(BalancedClientTest, ACircuitOpensAfterFailuresInARow) {
  for (const auto code : {ErrorCode::unavailable, ErrorCode::outcome_unknown, ErrorCode::deadline_exceeded}) {
    make({.circuit = {.failures = 3}});
    a = b = {};
    a.fails = code;
    for (int i = 0; i < 20; ++i) ask();
    EXPECT_EQ(a.asked, 3) << to_string(code);
    EXPECT_EQ(b.asked, code == ErrorCode::deadline_exceeded ? 17 : 20);
  }
}

TEST_F(BalancedClientTest, FailuresBetweenSuccessesOpenNoCircuit) {
  make({.circuit = {.failures = 3}, .retries = {.per_second = 1000}});
  for (int i = 0; i < 40; ++i) {
    if (a.asked % 3 == 2) {
      a.fails.reset();
    } else {
      a.fails = ErrorCode::unavailable;
    }
    EXPECT_EQ(ask(), "200");
  }
  EXPECT_GE(a.asked, 20);
}

TEST_F(BalancedClientTest, OneTrialAtATimeAndAGoodOneClosesTheCircuit) {
  make({.circuit = {.failures = 1, .first_pause = 1s, .longest_pause = 1s}});
  a.fails = ErrorCode::unavailable;
  ask();
  ASSERT_EQ(a.asked, 1);
  pass(499ms);
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_EQ(a.asked, 1) << "a half of the pause at least";
  pass(1s);
  a.fails.reset();
  a.takes = 100ms;
  Answers answers;
  for (int i = 0; i < 10; ++i) begin(answers);
  EXPECT_EQ(a.under_way, 1);
  EXPECT_EQ(b.under_way, 9);
  executor.run_until([&] { return answers.size() == 10; });
  for (int i = 0; i < 10; ++i) begin(answers);
  EXPECT_EQ(a.under_way, 5);
  executor.run_until([&] { return answers.size() == 20; });
}

TEST_F(BalancedClientTest, PausesGrowWithEachTrialThatFailsUpToABound) {
  make({.circuit = {.failures = 1, .first_pause = 1s, .longest_pause = 8s}, .retries = {.per_second = 1000}});
  a.fails = ErrorCode::unavailable;
  a.takes = b.takes = 0ms;
  while (a.asked < 7) {
    EXPECT_EQ(ask(), "200");
    pass(1ms);
  }
  const std::vector<seconds> full{1s, 2s, 4s, 8s, 8s, 8s};
  bool by_chance = false;
  for (std::size_t i = 0; i < full.size(); ++i) {
    const auto pause = a.at[i + 1] - a.at[i];
    EXPECT_GE(pause, full[i] / 2) << i;
    EXPECT_LE(pause, full[i] + 2ms) << i;
    by_chance = by_chance || pause < full[i] - 10ms;
  }
  EXPECT_TRUE(by_chance);
}

TEST_F(BalancedClientTest, WhatBeganBeforeTheCircuitOpenedSaysNothingOfItAfterwards) {
  make({.circuit = {.failures = 2, .first_pause = 10s, .longest_pause = 10s}});
  a.takes = 50ms;
  b.takes = 0ms;
  Answers slow;
  begin(slow);  // by a
  a.fails = ErrorCode::unavailable;
  a.takes = 0ms;
  Answers fast;
  b.takes = 10ms;
  for (int i = 0; i < 6; ++i) begin(fast, Method::post);
  executor.run_until([&] { return fast.size() == 6; });
  const auto opened_after = a.asked;
  a.fails.reset();  // what is still under way succeeds
  executor.run_until([&] { return slow.size() == 1; });
  b.takes = 0ms;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(), "200");
  EXPECT_EQ(a.asked, opened_after);
}

TEST_F(BalancedClientTest, WhenAllAreOutTheOneThatIsInFirstIsAskedAllTheSame) {
  make({.circuit = {.failures = 1, .first_pause = 1s, .longest_pause = 1s},
        .retries = {.percent = 0, .per_second = 0}});
  a.fails = b.fails = ErrorCode::unavailable;
  a.takes = b.takes = 0ms;
  ask();        // a opens first …
  pass(499ms);  // … and is in again first: b's pause is longer than the rest of a's
  ask(Method::post);
  ASSERT_EQ(a.asked + b.asked, 2);
  ASSERT_EQ(b.asked, 1);
  EXPECT_EQ(ask(), "unavailable") << "asked, and not refused unasked";
  EXPECT_EQ(a.asked, 2);
  a.fails.reset();
  EXPECT_EQ(ask(), "200");
  EXPECT_EQ(a.asked, 3);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(), "200") << "its circuit is closed";
  EXPECT_EQ(a.asked, 7);
  EXPECT_EQ(b.asked, 1);
}

TEST_F(BalancedClientTest, WhoIsNotReadyIsOutUntilItIs) {
  make();
  a.ready_status = 503;
  watch();
  pass(10ms);
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_EQ(a.asked, 0);
  a.ready_status = 200;
  pass(1s);
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_EQ(a.asked, 2);
  a.ready_status = 0;
  pass(1s);
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_EQ(a.asked, 2);
  EXPECT_EQ(a.checked, 3) << "once a second";
  EXPECT_EQ(b.checked, 3);
}

TEST_F(BalancedClientTest, WhenNobodyIsReadyRequestsGoOutAllTheSame) {
  make();
  a.ready_status = b.ready_status = 503;
  watch();
  pass(10ms);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(), "200");
  EXPECT_EQ(a.asked, 2);
  EXPECT_EQ(b.asked, 2);
}

TEST_F(BalancedClientTest, OneAloneIsAskedOnce) {
  std::vector<Upstream> upstreams;
  upstreams.push_back({"a", std::make_unique<FakeServer>(a)});
  client = std::make_unique<BalancedClient>(std::move(upstreams));
  EXPECT_EQ(ask(), "200");
  a.fails = ErrorCode::unavailable;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(), "unavailable");
  EXPECT_EQ(a.asked, 11) << "also with its circuit open";
}

/// For several threads; fails now and then.
class BusyServer final : public Client {
 public:
  explicit BusyServer(std::atomic<int>& asked) : asked_(asked) {}
  Task<Result<Response>> send(ClientRequest, Deadline) override {
    const auto number = ++asked_;
    co_await sleep_until(Executor::current()->now() + 1ms);
    if (number % 4 == 0) co_return fail(ErrorCode::unavailable, "told to fail");
    co_return Response{.status = 200};
  }

 private:
  std::atomic<int>& asked_;
};

TEST(BalancedClientThreadsTest, IsUsedFromManyLoopsAtOnce) {
  constexpr int each = 200;
  std::array<std::atomic<int>, 3> asked{};
  std::vector<Upstream> upstreams;
  for (auto& count : asked) upstreams.push_back({"busy", std::make_unique<BusyServer>(count)});
  BalancedClient client(std::move(upstreams), {.retries = {.most = 1'000'000}, .check_interval = 1ms});
  std::array<EventLoop, 3> loops{EventLoop{"a"}, EventLoop{"b"}, EventLoop{"c"}};
  std::atomic<int> good = 0;
  std::latch answered{3 * each};
  for (auto& loop : loops) {
    loop.start();
    for (int i = 0; i < each; ++i)
      loop.post([&] {
        start(client.send({.target = "/x"}, Deadline::max()), [&](auto outcome) {
          if (std::get<0>(outcome)) ++good;
          answered.count_down();
        });
      });
  }
  {
    BackgroundLoops watches;
    watches.start("watch", loops[0], [&](BackgroundLoops::StopFlag stop) { return client.watch(stop); });
    answered.wait();
  }
  for (auto& loop : loops) loop.stop();
  EXPECT_GT(good, 2 * each) << "most of those that failed once";
}

}  // namespace
}  // namespace cloudcart::http
