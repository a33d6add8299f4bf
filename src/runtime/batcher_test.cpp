#include "runtime/batcher.h"

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "support/settle.h"

namespace cloudcart {
namespace {

/// Calls on one executor whose batches are served when the test says so.
class BatcherTest : public testing::Test {
 protected:
  struct Served {
    std::vector<int> asks;
    Resolver<bool> go_on;
  };
  using Calls = Batcher<int, int>;

  Task<std::vector<Result<int>>> serve(std::vector<int> asks) {
    co_await await_value<bool>([&](Resolver<bool> go_on) { batches.push_back({asks, go_on}); });
    if (fault) throw std::runtime_error("broken");
    std::vector<Result<int>> tenfold;
    for (const int ask : asks)
      tenfold.push_back(refusal ? Result<int>{fail(*refusal, "no")} : Result<int>{ask * 10});
    co_return tenfold;
  }
  void call(Calls& calls, int ask) {
    start(calls(ask), [this, ask](auto outcome) {
      if (auto* answer = std::get_if<0>(&outcome))
        answers[ask] = *answer ? **answer : -static_cast<int>((*answer).error().code);
      else
        broken.insert(ask);
    });
    test::settle(executor);
  }
  void finish(std::size_t batch) {
    batches.at(batch).go_on(true);
    test::settle(executor);
  }
  static int error(ErrorCode code) { return -static_cast<int>(code); }
  BatcherOptions options(std::size_t at_once, std::size_t largest = 100, std::size_t bound = 100) {
    return {.at_once = at_once, .largest = largest, .waiting_bound = bound};
  }
  Calls::Serve serving() {
    return [this](std::vector<int> asks) { return serve(std::move(asks)); };
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  std::vector<Served> batches;
  std::map<int, int> answers;
  std::set<int> broken;
  std::optional<ErrorCode> refusal;
  bool fault = false;
};

TEST_F(BatcherTest, ALoneCallStartsAtOnceAndThoseThatComeMeanwhileGoTogether) {
  Calls calls(serving(), options(1));
  for (int ask = 1; ask <= 4; ++ask) call(calls, ask);
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].asks, std::vector{1});
  finish(0);
  EXPECT_EQ(answers, (std::map<int, int>{{1, 10}}));
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[1].asks, (std::vector{2, 3, 4}));
  finish(1);
  EXPECT_EQ(answers, (std::map<int, int>{{1, 10}, {2, 20}, {3, 30}, {4, 40}}));
  call(calls, 5);
  EXPECT_EQ(batches.size(), 3u) << "the place is free again";
  finish(2);
}

TEST_F(BatcherTest, BatchesAreBoundedAndSeveralMayBeUnderWay) {
  Calls calls(serving(), options(2, 2));
  for (int ask = 1; ask <= 6; ++ask) call(calls, ask);
  ASSERT_EQ(batches.size(), 2u);
  finish(1);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[2].asks, (std::vector{3, 4}));
  finish(0);
  finish(2);
  finish(3);
  EXPECT_EQ(answers.size(), 6u);
}

TEST_F(BatcherTest, MoreThanMayWaitAreRefused) {
  Calls calls(serving(), options(1, 100, 2));
  for (int ask = 1; ask <= 4; ++ask) call(calls, ask);
  EXPECT_EQ(answers, (std::map<int, int>{{4, error(ErrorCode::overloaded)}}));
  finish(0);
  finish(1);
  EXPECT_EQ(answers.size(), 4u);
}

TEST_F(BatcherTest, WhoWaitedWhileTheServerWasGoneIsToldSo) {
  Calls calls(serving(), options(1));
  for (int ask = 1; ask <= 3; ++ask) call(calls, ask);
  refusal = ErrorCode::outcome_unknown;
  finish(0);
  EXPECT_EQ(answers, (std::map<int, int>{{1, error(ErrorCode::outcome_unknown)},
                                         {2, error(ErrorCode::unavailable)},
                                         {3, error(ErrorCode::unavailable)}}));
  EXPECT_EQ(batches.size(), 1u) << "they were not tried";
  refusal.reset();
  call(calls, 4);
  finish(1);
  EXPECT_EQ(answers.at(4), 40);
}

TEST_F(BatcherTest, ARefusalOfAnotherKindKeepsNobodyFromBeingTried) {
  Calls calls(serving(), options(1));
  call(calls, 1);
  call(calls, 2);
  refusal = ErrorCode::conflict;
  finish(0);
  refusal.reset();
  finish(1);
  EXPECT_EQ(answers, (std::map<int, int>{{1, error(ErrorCode::conflict)}, {2, 20}}));
}

TEST_F(BatcherTest, AnExceptionComesOutOfEachCallOfTheBatch) {
  Calls calls(serving(), options(1));
  for (int ask = 1; ask <= 3; ++ask) call(calls, ask);
  finish(0);
  fault = true;
  finish(1);
  EXPECT_EQ(broken, (std::set{2, 3}));
  fault = false;
  call(calls, 4);
  finish(2);
  EXPECT_EQ(answers.at(4), 40);
}

TEST(BatcherThreads, EachCallOfManyThreadsHasItsOwnAnswer) {
  Batcher<int, int> calls([](std::vector<int> asks) -> Task<std::vector<Result<int>>> {
    co_return std::vector<Result<int>>(asks.begin(), asks.end());
  });
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 500; ++i) right += sync_wait(calls(thread * 1000 + i)) == thread * 1000 + i;
    });
  threads.clear();
  EXPECT_EQ(right, 4000);
}

}  // namespace
}  // namespace cloudcart
