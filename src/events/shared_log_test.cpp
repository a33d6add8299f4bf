#include "events/shared_log.h"

#include <gtest/gtest.h>

#include "support/settle.h"

namespace cloudcart::events {
namespace {

/// Positions 10, 20, …, read when the test says so.
class SlowLog final : public EventLog {
 public:
  Task<Result<std::vector<LogRecord>>> read(std::int64_t after, std::size_t limit, Deadline) override {
    reads.push_back(after);
    if (is_slow) co_await await_value<bool>([this](Resolver<bool> resolve) { waiting.push_back(resolve); });
    if (fault) co_return fail(ErrorCode::unavailable, "gone");
    std::vector<LogRecord> records;
    for (auto position = after / 10 * 10 + 10; position <= end && records.size() < limit; position += 10) {
      records.push_back({position, {}});
      records.back().event.lines.resize(lines);
    }
    co_return records;
  }
  Task<Result<std::int64_t>> end_position(Deadline) override { co_return end; }
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline) override {
    co_return (end - after) / 10;
  }
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime) override { co_return after < end; }

  std::int64_t end = 0;
  std::size_t lines = 1;
  bool is_slow = false, fault = false;
  std::vector<std::int64_t> reads;
  std::vector<Resolver<bool>> waiting;
};

class SharedLogTest : public testing::Test {
 protected:
  using Positions = std::vector<std::int64_t>;

  /// What `begin` answered, once it has.
  std::optional<Result<Positions>>& begin(std::int64_t after, std::size_t limit = 100) {
    auto& answer = answers.emplace_back();
    start(log.read(after, limit, Deadline::max()), [&answer](auto outcome) {
      auto& records = std::get<0>(outcome);
      if (!records) {
        answer = fail(records.error());
        return;
      }
      Positions positions;
      for (const auto& record : *records) positions.push_back(record.position);
      answer = positions;
    });
    test::settle(executor);
    return answer;
  }
  Positions read(std::int64_t after, std::size_t limit = 100) { return begin(after, limit).value().value(); }
  void go_on() {
    for (const auto& resolve : std::exchange(slow.waiting, {})) resolve(true);
    test::settle(executor);
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  SlowLog slow;
  SharedEventLog log{slow, {.records = 5, .lines = 100}};
  std::deque<std::optional<Result<Positions>>> answers;
};

TEST_F(SharedLogTest, WhatOneHasReadIsReadNoMore) {
  slow.end = 30;
  EXPECT_EQ(read(0), (Positions{10, 20, 30}));
  EXPECT_EQ(read(0), (Positions{10, 20, 30}));
  EXPECT_EQ(read(10, 1), (Positions{20}));
  EXPECT_EQ(slow.reads, (Positions{0}));
  slow.end = 40;
  EXPECT_EQ(read(30), (Positions{40}));
  EXPECT_EQ(read(20), (Positions{30, 40}));
  EXPECT_EQ(slow.reads, (Positions{0, 30}));
}

TEST_F(SharedLogTest, OfSeveralWhoWaitForTheSameOneReads) {
  slow.end = 20;
  slow.is_slow = true;
  auto& first = begin(0);
  auto& second = begin(0);
  EXPECT_FALSE(first || second);
  go_on();
  EXPECT_EQ(first.value().value(), (Positions{10, 20}));
  EXPECT_EQ(second.value().value(), (Positions{10, 20}));
  EXPECT_EQ(slow.reads, (Positions{0}));
}

TEST_F(SharedLogTest, AFailureIsOnesOwnAndTheOtherTriesItself) {
  slow.end = 10;
  slow.is_slow = slow.fault = true;
  auto& first = begin(0);
  auto& second = begin(0);
  go_on();
  EXPECT_EQ(first.value().error().code, ErrorCode::unavailable);
  EXPECT_FALSE(second);
  slow.fault = false;
  go_on();
  EXPECT_EQ(second.value().value(), (Positions{10}));
}

TEST_F(SharedLogTest, WhoIsFarBehindReadsByItselfAndNothingIsSkipped) {
  slow.end = 100;
  EXPECT_EQ(read(0, 8).back(), 80);
  EXPECT_EQ(read(80).back(), 100);
  slow.reads.clear();
  EXPECT_EQ(read(0, 3), (Positions{10, 20, 30})) << "not kept any more";
  EXPECT_EQ(read(30, 3), (Positions{40, 50, 60}));
  EXPECT_EQ(read(50), (Positions{60, 70, 80, 90, 100}));
  EXPECT_EQ(slow.reads, (Positions{0, 30}));
}

TEST_F(SharedLogTest, LinesAreBoundedToo) {
  slow.end = 50;
  slow.lines = 40;
  read(0);
  slow.reads.clear();
  read(0);
  EXPECT_EQ(read(30), (Positions{40, 50}));
  EXPECT_EQ(slow.reads, (Positions{0}));
}

TEST_F(SharedLogTest, AReadBeyondTheEndLeavesWhatIsKept) {
  slow.end = 20;
  read(0);
  EXPECT_TRUE(read(1'000).empty());
  slow.reads.clear();
  EXPECT_EQ(read(0), (Positions{10, 20}));
  EXPECT_TRUE(slow.reads.empty());
}

}  // namespace
}  // namespace cloudcart::events
