#pragma once

#include <map>

#include <gtest/gtest.h>

#include "events/event_log.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::events {

/// What every EventLog keeps. `Orders` has a member `log`, and a member `repository` whose writes appear in
/// it.
template <class Orders>
class EventLogContract : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();
  Orders adapters;
  EventLog& log = adapters.log;

  Task<Status> place(std::uint32_t n) {
    return adapters.repository.create(order::sample::new_order(order::sample::order(n)), no_deadline);
  }
  Task<Status> confirm(std::uint32_t n) {
    auto order = order::sample::order(n);
    if (!order.move_to(OrderStatus::confirmed, order.created_at + seconds{1})) std::abort();
    auto event = order::sample::event(order);
    return adapters.repository.save_transition(std::move(order), 1, std::move(event), no_deadline);
  }
  void place_now(std::uint32_t n) { ASSERT_TRUE(sync_wait(place(n))); }

  std::vector<LogRecord> read(std::int64_t after, std::size_t limit) {
    return sync_wait(log.read(after, limit, no_deadline)).value();
  }
  std::int64_t end() { return sync_wait(log.end_position(no_deadline)).value(); }
};

TYPED_TEST_SUITE_P(EventLogContract);

TYPED_TEST_P(EventLogContract, AnEmptyLogEndsAtZero) {
  EXPECT_EQ(this->end(), 0);
  EXPECT_TRUE(this->read(0, 10).empty());
}

TYPED_TEST_P(EventLogContract, RecordsComeInTheOrderOfTheirCommits) {
  for (const std::uint32_t n : {3, 1, 2}) this->place_now(n);
  ASSERT_TRUE(sync_wait(this->confirm(1)));
  const auto records = this->read(0, 10);
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].event, order::sample::event(order::sample::order(3)));
  EXPECT_EQ(records[1].event.order_id, test::numbered<OrderId>(1));
  EXPECT_EQ(records[3].event.order_id, test::numbered<OrderId>(1));
  EXPECT_EQ(records[3].event.type, "order.confirmed");
  for (std::size_t i = 1; i < records.size(); ++i) EXPECT_LT(records[i - 1].position, records[i].position);
  EXPECT_GT(records[0].position, 0);
  EXPECT_EQ(this->end(), records.back().position);
}

TYPED_TEST_P(EventLogContract, ReadsKeepTheirLimitAndGoOnFromAnyPosition) {
  for (std::uint32_t n = 1; n <= 7; ++n) this->place_now(n);
  std::int64_t position = 0;
  std::vector<OrderId> seen;
  for (const std::size_t expected : {3, 3, 1, 0}) {
    const auto records = this->read(position, 3);
    ASSERT_EQ(records.size(), expected);
    for (const auto& record : records) seen.push_back(record.event.order_id);
    if (!records.empty()) position = records.back().position;
  }
  for (std::uint32_t n = 1; n <= 7; ++n) EXPECT_EQ(seen[n - 1], test::numbered<OrderId>(n));
  EXPECT_TRUE(this->read(position + 1'000'000, 3).empty());
}

TYPED_TEST_P(EventLogContract, CountsWhatLiesBeyondAPosition) {
  const auto beyond = [this](std::int64_t after) {
    return sync_wait(this->log.count_beyond(after, this->no_deadline)).value();
  };
  EXPECT_EQ(beyond(0), 0);
  for (std::uint32_t n = 1; n <= 5; ++n) this->place_now(n);
  ASSERT_TRUE(sync_wait(this->confirm(2)));
  const auto records = this->read(0, 10);
  ASSERT_EQ(records.size(), 6U);
  EXPECT_EQ(beyond(0), 6);
  for (std::size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(beyond(records[i].position), static_cast<std::int64_t>(records.size() - i - 1));
  EXPECT_EQ(beyond(records.back().position + 1'000'000), 0);
}

TYPED_TEST_P(EventLogContract, AWriteThatFailedIsNotInTheLog) {
  this->place_now(1);
  EXPECT_FALSE(sync_wait(this->place(1)));
  EXPECT_FALSE(sync_wait(this->confirm(2)));
  EXPECT_EQ(this->read(0, 10).size(), 1U);
}

TYPED_TEST_P(EventLogContract, EventsOfAllShopsAreInOneLog) {
  this->place_now(1);
  auto other = order::sample::new_order(order::sample::order(1, 1, TenantId{"other"}));
  ASSERT_TRUE(sync_wait(this->adapters.repository.create(std::move(other), this->no_deadline)));
  const auto records = this->read(0, 10);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].event.tenant, TenantId{"other"});
}

/// A reader that follows while many write sees every event once, in order, and nothing ever appears behind
/// it.
TYPED_TEST_P(EventLogContract, AFollowerMissesNothingWhileManyWrite) {
  constexpr std::uint32_t count = 300;
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  std::uint32_t written = 0;
  bool done = false;
  std::vector<LogRecord> seen;
  auto write = [this, &written](std::uint32_t n) -> Task<void> {
    EXPECT_TRUE(co_await this->place(n));
    EXPECT_TRUE(co_await this->confirm(n));
    written += 2;
  };
  auto follow = [this, &seen, &executor]() -> Task<void> {
    while (seen.size() < 2 * count) {
      const auto after = seen.empty() ? 0 : seen.back().position;
      auto records = co_await this->log.read(after, 16, Deadline::max());
      for (auto& record : *records) seen.push_back(std::move(record));
      if (records->empty()) co_await this->log.wait_beyond(after, executor.now() + seconds{10});
    }
  };
  start(follow(), [&](auto) { done = true; });
  for (std::uint32_t n = 1; n <= count; ++n) start(write(n), [](auto) {});
  executor.run_until([&] { return done && written == 2 * count; });

  const auto again = this->read(0, 10 * count);
  ASSERT_EQ(again.size(), seen.size());
  std::map<OrderId, std::int64_t> versions;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(again[i].position, seen[i].position);
    EXPECT_EQ(again[i].event, seen[i].event);
    EXPECT_EQ(seen[i].event.version, ++versions[seen[i].event.order_id]);
  }
  EXPECT_EQ(versions.size(), count);
}

TYPED_TEST_P(EventLogContract, AWaitEndsAtOnceWhenThereIsSomething) {
  this->place_now(1);
  EXPECT_TRUE(sync_wait(this->log.wait_beyond(0, std::chrono::steady_clock::now() + seconds{30})));
}

TYPED_TEST_P(EventLogContract, AWaitIsWokenByAnAppend) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  std::optional<bool> woken;
  const auto before = std::chrono::steady_clock::now();
  start(this->log.wait_beyond(0, before + seconds{30}), [&](auto outcome) { woken = std::get<0>(outcome); });
  bool placed = false;
  start(this->place(1), [&](auto) { placed = true; });
  executor.run_until([&] { return woken.has_value() && placed; });
  EXPECT_EQ(woken, true);
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds{10});
}

TYPED_TEST_P(EventLogContract, AWaitEndsWhenItsTimeIsUp) {
  this->place_now(1);
  EXPECT_FALSE(
      sync_wait(this->log.wait_beyond(this->end(), std::chrono::steady_clock::now() + milliseconds{20})));
}

REGISTER_TYPED_TEST_SUITE_P(EventLogContract, AnEmptyLogEndsAtZero, RecordsComeInTheOrderOfTheirCommits,
                            ReadsKeepTheirLimitAndGoOnFromAnyPosition, CountsWhatLiesBeyondAPosition,
                            AWriteThatFailedIsNotInTheLog, EventsOfAllShopsAreInOneLog,
                            AFollowerMissesNothingWhileManyWrite, AWaitEndsAtOnceWhenThereIsSomething,
                            AWaitIsWokenByAnAppend, AWaitEndsWhenItsTimeIsUp);

}  // namespace cloudcart::events
