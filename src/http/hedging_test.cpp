#include <gtest/gtest.h>

#include "http/balanced_client.h"
#include "http/upgrade.h"
#include "runtime/notifier.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

/// A server that takes as long as it is told, and notices when a request is given up.
class SlowServer final : public Client {
 public:
  struct State {
    int asked = 0, under_way = 0, given_up = 0;
    milliseconds takes{1};
    std::optional<ErrorCode> fails;
    bool ready = true;
    int status = 200;
    bool is_defect = false;
  };
  explicit SlowServer(State& state) : state_(state) {}

  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override {
    if (request.target == "/ready") co_return Response{.status = state_.ready ? 200 : 503};
    ++state_.asked;
    ++state_.under_way;
    const auto until = std::min(Executor::current()->now() + state_.takes, deadline);
    Notifier given_up;
    const Cancellation::Scope scope(request.cancellation, [&] { given_up.notify_all(); });
    const bool was_given_up = co_await given_up.wait(given_up.ticket(), until);
    --state_.under_way;
    if (was_given_up) ++state_.given_up;
    if (state_.is_defect) throw std::logic_error("a defect");
    if (was_given_up || Executor::current()->now() >= deadline)
      co_return fail(ErrorCode::unavailable, "late");
    if (state_.fails) co_return fail(*state_.fails, "told to fail");
    co_return Response{.status = state_.status};
  }

 private:
  State& state_;
};

/// Three servers on virtual time; c is out unless a test wants it.
class HedgingTest : public testing::Test {
 protected:
  ~HedgingTest() override {
    loops.request_stop();
    executor.run_until([&] { return !watching; });
  }

  void make(BalanceOptions options = {}, bool with_c = false) {
    options.hedge_after = hedge_after;
    std::vector<Upstream> upstreams;
    upstreams.push_back({"a", std::make_unique<SlowServer>(a)});
    upstreams.push_back({"b", std::make_unique<SlowServer>(b)});
    if (with_c) upstreams.push_back({"c", std::make_unique<SlowServer>(c)});
    client = std::make_unique<BalancedClient>(std::move(upstreams), options);
  }
  ClientRequest read() const { return {.target = "/x", .may_hedge = true}; }
  void begin(std::vector<std::string>& answers, ClientRequest request, milliseconds limit = 10s) {
    start(client->send(std::move(request), executor.now() + limit), [&answers](auto outcome) {
      if (outcome.index() == 1) return answers.push_back("defect");
      const auto& answer = std::get<0>(outcome);
      answers.push_back(answer ? std::to_string(answer->status)
                               : std::string{to_string(answer.error().code)});
    });
  }
  /// The answer, and how long it took.
  std::pair<std::string, milliseconds> ask(ClientRequest request, milliseconds limit = 10s) {
    std::vector<std::string> answers;
    const auto began = executor.now();
    begin(answers, std::move(request), limit);
    executor.run_until([&] { return !answers.empty(); });
    return {answers[0], std::chrono::duration_cast<milliseconds>(executor.now() - began)};
  }
  void watch() {
    watching = true;
    loops.start("watch", executor, [this](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await client->watch(stop);
      watching = false;
    });
    bool passed = false;
    executor.post_at(executor.now() + 10ms, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }

  static constexpr milliseconds hedge_after{50};
  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  SlowServer::State a, b, c;
  std::unique_ptr<BalancedClient> client;
  bool watching = false;
  BackgroundLoops loops;
};

using Answered = std::pair<std::string, milliseconds>;

TEST_F(HedgingTest, AReadThatIsLateIsAskedOfASecondServerAndTheFirstIsGivenUp) {
  make();
  a.takes = 1h;
  EXPECT_EQ(ask(read()), Answered("200", 51ms));
  EXPECT_EQ(a.given_up, 1);
  EXPECT_EQ(a.under_way, 0);
  EXPECT_EQ(b.asked, 1);
}

TEST_F(HedgingTest, AReadThatIsInTimeIsAskedOnce) {
  make();
  a.takes = b.takes = hedge_after - 1ms;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(read()), Answered("200", 49ms));
  EXPECT_EQ(a.asked + b.asked, 10);
}

TEST_F(HedgingTest, TheFirstAnswerWinsAlsoWhenItIsThatOfTheFirstServer) {
  make();
  a.takes = 80ms;
  b.takes = 1h;
  EXPECT_EQ(ask(read()), Answered("200", 80ms));
  EXPECT_EQ(b.given_up, 1);
  EXPECT_EQ(a.given_up, 0);
}

TEST_F(HedgingTest, AnAnswerIsTakenWhateverItsStatus) {
  make();
  a.takes = 1h;
  b.status = 404;
  EXPECT_EQ(ask(read()).first, "404");
}

TEST_F(HedgingTest, NothingElseIsHedged) {
  make();
  a.takes = b.takes = 1s;
  const std::vector<ClientRequest> others{
      {.method = Method::post, .target = "/x", .may_hedge = true},
      {.method = Method::put, .target = "/x", .may_hedge = true},
      {.method = Method::delete_, .target = "/x", .may_hedge = true},
      {.target = "/x", .upgrade = "websocket", .may_hedge = true},
      {.target = "/events", .may_hedge = false},
  };
  for (const auto& request : others) EXPECT_EQ(ask(request), Answered("200", 1s));
  EXPECT_EQ(a.asked + b.asked, 5);
  auto head = read();
  head.method = Method::head;
  ask(head);
  EXPECT_EQ(a.asked + b.asked, 7);
}

TEST_F(HedgingTest, OnlyAServerThatIsWellIsAskedAsWell) {
  make();
  b.ready = false;
  watch();
  a.takes = 2s;
  EXPECT_EQ(ask(read()), Answered("200", 2s));
  EXPECT_EQ(b.asked, 0);
}

TEST_F(HedgingTest, NotWithoutTimeForIt) {
  make();
  a.takes = 1h;
  EXPECT_EQ(ask(read(), 50ms), Answered("unavailable", 50ms));
  EXPECT_EQ(b.asked, 0);
}

TEST_F(HedgingTest, HedgesAreWithinTheBudgetOfRetries) {
  make({.circuit = {.failures = 1'000'000}, .retries = {.percent = 0, .per_second = 3, .most = 3}});
  a.takes = b.takes = 500ms;
  std::vector<std::string> answers;
  for (int i = 0; i < 20; ++i) begin(answers, read());
  executor.run_until([&] { return answers.size() == 20; });
  EXPECT_EQ(a.asked + b.asked, 20 + 3);
  EXPECT_EQ(answers, std::vector<std::string>(20, "200"));
}

TEST_F(HedgingTest, WhenOneFailsTheOtherOneIsWaitedFor) {
  make();
  a.takes = 200ms;
  b.fails = ErrorCode::unavailable;
  EXPECT_EQ(ask(read()), Answered("200", 200ms));
  EXPECT_EQ(b.asked, 1);
}

TEST_F(HedgingTest, WhenBothFailAThirdIsAsked) {
  make({}, true);
  a.fails = b.fails = ErrorCode::unavailable;
  a.takes = 200ms;
  EXPECT_EQ(ask(read()), Answered("200", 201ms));
  EXPECT_EQ(c.asked, 1);
}

TEST_F(HedgingTest, WhatFailsAtOnceIsRepeatedAtOnce) {
  make({}, true);
  a.fails = ErrorCode::unavailable;
  b.takes = 1h;
  EXPECT_EQ(ask(read()), Answered("200", 52ms)) << "a failed, b is late, c answers";
  EXPECT_EQ(b.given_up, 1);
}

TEST_F(HedgingTest, BothThatFailAreAnError) {
  make();
  a.takes = 100ms;
  a.fails = b.fails = ErrorCode::unavailable;
  EXPECT_EQ(ask(read()).first, "unavailable");
  EXPECT_EQ(a.asked + b.asked, 2);
}

TEST_F(HedgingTest, ADefectComesOutWhenNobodyIsAskedAnyMore) {
  make();
  a.takes = 1h;
  b.takes = 1h;
  a.is_defect = b.is_defect = true;
  EXPECT_EQ(ask(read(), 1s).first, "defect");
  EXPECT_EQ(a.under_way + b.under_way, 0);
}

TEST_F(HedgingTest, AServerThatHangsIsFoundOutAndCostsAFewLateAnswersOnly) {
  make();
  a.takes = 1h;
  int late = 0;
  for (int i = 0; i < 100; ++i) {
    const auto [answer, took] = ask(read());
    EXPECT_EQ(answer, "200");
    EXPECT_LE(took, hedge_after + 1ms);
    late += took >= hedge_after ? 1 : 0;
  }
  EXPECT_EQ(a.asked, 5) << "its circuit is open then";
  EXPECT_EQ(late, 5);
}

TEST_F(HedgingTest, AHedgeThatLosesSaysNothingOfItsServer) {
  make({.circuit = {.failures = 3}});
  ask(read());  // by a
  b.takes = 1h;
  std::vector<std::string> kept;
  begin(kept, {.target = "/long"}, 2h);  // by b: from now on a is the less busy one
  a.takes = 60ms;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(read()), Answered("200", 60ms));
  EXPECT_EQ(b.given_up, 5);
  a.takes = 1s;
  b.takes = 1ms;
  std::vector<std::string> answers;
  for (int i = 0; i < 4; ++i) begin(answers, {.target = "/x"});
  executor.run_until([&] { return answers.size() == 4; });
  EXPECT_GT(b.asked, 6) << "its circuit is closed";
}

}  // namespace
}  // namespace cloudcart::http
