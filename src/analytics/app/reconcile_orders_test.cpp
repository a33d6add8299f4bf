#include "analytics/app/reconcile_orders.h"

#include <gmock/gmock.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_ledger.h"
#include "analytics/app/analytics_consumer.h"
#include "analytics/app/system_app.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::SaleEvents;
using testing::HasSubstr;

const auto noon = at("2026-07-15T12:00:00.000Z");

/// A ledger that counts how often it is asked, and can be told to fail.
class CountingLedger final : public Ledger {
 public:
  explicit CountingLedger(Ledger& inner) : inner_(inner) {}
  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override {
    ++asked;
    co_await sleep_until(Executor::current()->now() + takes);
    if (failure) co_return fail(*failure, "The ledger is told to fail.");
    co_return co_await inner_.totals(std::move(tenant), deadline);
  }
  int asked = 0;
  milliseconds takes{0};
  std::optional<ErrorCode> failure;

 private:
  Ledger& inner_;
};

class ReconcileOrdersTest : public testing::Test {
 protected:
  /// In orders and log; the ledger is read at once, analytics does not know it yet.
  void happens(const events::OrderEvent& event) {
    log.append(event);
    books.append({10 * ++happened, event});
  }
  /// In the log only: as if it came after the ledger was read.
  void happens_later(const events::OrderEvent& event) { log.append(event); }
  void catch_up() { ASSERT_TRUE(sync_wait(events::catch_up(log, consumer))); }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> answer;
    start(std::move(task), [&](auto outcome) { answer = std::get<0>(std::move(outcome)); });
    executor.run_until([&] { return answer.has_value(); });
    return *std::move(answer);
  }
  Caller caller(seconds time = seconds{10}) const { return {.deadline = executor.now() + time}; }
  Result<Reconciliation> compare(seconds time = seconds{10}) {
    return run(ReconcileOrders({ledger, store, log})(caller(time)));
  }
  /// Nothing happens for so long.
  void pass(milliseconds time) { run(wait(executor.now() + time)); }
  static Task<bool> wait(MonotonicTime until) {
    co_await sleep_until(until);
    co_return true;
  }
  std::shared_ptr<const DatedReconciliation> recent() { return run(app.reconciliation(caller())).value(); }

  std::int64_t happened = 0;
  test::FakeClock clock{noon};
  MemoryAnalyticsStore store;
  MemoryLedger books;
  CountingLedger ledger{books};
  test::FakeEventLog log;
  LiveFeed feed{10};
  AnalyticsConsumer consumer{store, feed};
  std::int64_t follower_at = 0;
  SystemApp app{
      {.ledger = ledger,
       .counted = store,
       .cube = store,
       .log = log,
       .feed = feed,
       .clock = clock,
       .followers = {{"late one", [this](Caller) -> Task<Result<std::int64_t>> { co_return follower_at; }}}}};
  ManualExecutor executor{true};
  Executor::Scope scope{executor};
};

TEST_F(ReconcileOrdersTest, AnEmptyShopIsEqual) {
  const auto compared = compare().value();
  EXPECT_TRUE(compared.equal);
  EXPECT_EQ(compared.position, 0);
  EXPECT_EQ(compared.days_compared, 0U);
}

TEST_F(ReconcileOrdersTest, WhatAnalyticsCountedBeyondTheLedgerIsTakenOffAgain) {
  const SaleEvents first(1, 7, {{1, 2, 450}}), second(2, 8, {{2, 1, 1999}});
  happens(first.placed(noon));
  happens(second.placed(noon));
  happens_later(first.cancelled(2, noon + std::chrono::days{1}));
  happens_later(second.moved(2, OrderStatus::confirmed, noon));
  for (std::uint32_t n = 3; n < 2500; ++n)
    happens_later(SaleEvents(n, n, {{1, 1, n}}).placed(noon + std::chrono::hours{n % 100}));
  catch_up();
  const auto compared = compare().value();
  EXPECT_TRUE(compared.equal);
  EXPECT_EQ(compared.position, 20);
  EXPECT_EQ(compared.days_compared, 1U);
  EXPECT_EQ(compared.analytics.gross, Money{2899});
  EXPECT_EQ(compared.analytics.cancelled_orders, 0);
}

TEST_F(ReconcileOrdersTest, OtherShopsHaveBooksOfTheirOwn) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  auto elsewhere = SaleEvents(2, 7, {{1, 1, 5000}}).placed(noon);
  elsewhere.tenant = TenantId{"other"};
  happens(elsewhere);
  elsewhere.order_id = test::id_of<OrderId>(3);
  happens_later(elsewhere);
  catch_up();
  EXPECT_TRUE(compare()->equal);
  EXPECT_EQ(compare()->ledger.gross, Money{100});
}

TEST_F(ReconcileOrdersTest, ADifferenceIsToldWithItsDay) {
  const SaleEvents sale(1, 7, {{1, 1, 100}});
  happens(sale.placed(noon));
  log.append(
      SaleEvents(2, 7, {{1, 1, 30}}).placed(noon + std::chrono::days{1}));  // at 20, unknown to the ledger
  books.append({20, sale.moved(2, OrderStatus::confirmed, noon)});
  catch_up();
  const auto compared = compare().value();
  EXPECT_FALSE(compared.equal);
  EXPECT_EQ(compared.difference(), Money{-30});
  ASSERT_EQ(compared.differing_days.size(), 1U);
  EXPECT_EQ(to_date_string(compared.differing_days[0].date), "2026-07-16");
  EXPECT_EQ(compared.differing_days[0].analytics.gross, Money{30});
}

TEST_F(ReconcileOrdersTest, DeadLettersMakeTheSidesDifferAndAreCounted) {
  auto in_euros = SaleEvents(1, 7, {{1, 1, 100}}).placed(noon);
  in_euros.currency = Currency::parse("EUR").value();
  happens(in_euros);
  catch_up();
  const auto compared = compare().value();
  EXPECT_FALSE(compared.equal);
  EXPECT_EQ(compared.difference(), Money{100});
  EXPECT_EQ(compared.dead_letters, 1);
}

TEST_F(ReconcileOrdersTest, ADeadLetterBeyondTheLedgerHadNoEffectToTakeOff) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  auto in_euros = SaleEvents(2, 7, {{1, 1, 100}}).placed(noon);
  in_euros.currency = Currency::parse("EUR").value();
  happens_later(in_euros);
  catch_up();
  const auto compared = compare().value();
  EXPECT_TRUE(compared.equal);
  EXPECT_EQ(compared.dead_letters, 0);
}

TEST_F(ReconcileOrdersTest, ALogThatLacksWhatWasCountedIsADifference) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  happens_later(SaleEvents(2, 7, {{1, 1, 40}}).placed(noon));
  catch_up();
  log.clear();
  EXPECT_EQ(compare()->difference(), Money{-40});
}

TEST_F(ReconcileOrdersTest, WaitsUntilAnalyticsHasReachedTheLedger) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  executor.post_at(executor.now() + seconds{3},
                   [this] { start(events::catch_up(log, consumer), [](auto) {}); });
  const auto began = executor.now();
  EXPECT_TRUE(compare()->equal);
  EXPECT_GE(executor.now() - began, seconds{3});
}

TEST_F(ReconcileOrdersTest, SaysWhatItWaitedForInVain) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  const auto error = compare(seconds{2}).error();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("up to position 0, and the orders are at 10"));
}

TEST_F(ReconcileOrdersTest, WhoHasTimeStillDoesNotWaitForAnAnalyticsThatStandsStill) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  const auto began = executor.now();
  EXPECT_EQ(compare(seconds{600}).error().code, ErrorCode::unavailable);
  EXPECT_LE(executor.now() - began, seconds{15});
}

TEST_F(ReconcileOrdersTest, TooManyOrdersForTheTimeIsSaidWithTheMend) {
  ledger.failure = ErrorCode::deadline_exceeded;
  const auto error = compare().error();
  EXPECT_EQ(error.code, ErrorCode::deadline_exceeded);
  EXPECT_THAT(error.message, HasSubstr("http.request_timeout"));
}

TEST_F(ReconcileOrdersTest, ARecentAnswerIsUsedAgain) {
  const auto first = recent();
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  catch_up();
  pass(milliseconds{4900});
  EXPECT_EQ(recent(), first);
  pass(milliseconds{200});
  const auto second = recent();
  EXPECT_EQ(second->result.position, 10);
  EXPECT_EQ(ledger.asked, 2);
}

TEST_F(ReconcileOrdersTest, WhileNothingIsAppendedAnAnswerIsGoodForAMinute) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  catch_up();
  const auto first = recent();
  pass(seconds{59});
  EXPECT_EQ(recent(), first);
  pass(seconds{2});
  EXPECT_NE(recent(), first);
}

TEST_F(ReconcileOrdersTest, AnAmendmentOfTheFiguresEndsAnAnswer) {
  const auto first = recent();
  feed.publish_amendment();
  EXPECT_NE(recent(), first);
}

TEST_F(ReconcileOrdersTest, ManyWhoAskAtOnceShareOnePass) {
  ledger.takes = seconds{1};
  std::vector<std::shared_ptr<const DatedReconciliation>> answers;
  for (int i = 0; i < 20; ++i)
    start(app.reconciliation(caller()),
          [&](auto outcome) { answers.push_back(std::get<0>(outcome).value()); });
  executor.run_until([&] { return answers.size() == 20; });
  EXPECT_EQ(ledger.asked, 1);
  EXPECT_THAT(answers, testing::Each(answers.front()));
  EXPECT_EQ(answers.front()->took, seconds{1});
  EXPECT_EQ(answers.front()->checked_at, noon);
}

TEST_F(ReconcileOrdersTest, AFailureIsNotKept) {
  ledger.failure = ErrorCode::unavailable;
  EXPECT_EQ(run(app.reconciliation(caller())).error().code, ErrorCode::unavailable);
  ledger.failure.reset();
  EXPECT_TRUE(recent()->result.equal);
}

TEST_F(ReconcileOrdersTest, WhoeverWaitsForAnotherWaitsNoLongerThanTheyMay) {
  ledger.takes = seconds{5};
  ledger.failure = ErrorCode::unavailable;
  std::optional<ErrorCode> second;
  start(app.reconciliation(caller()), [](auto) {});
  start(app.reconciliation(caller(seconds{3})),
        [&](auto outcome) { second = std::get<0>(outcome).error().code; });
  executor.run_until([&] { return second.has_value(); });
  EXPECT_EQ(second, ErrorCode::deadline_exceeded);
  EXPECT_EQ(ledger.asked, 1);
}

TEST_F(ReconcileOrdersTest, ConsumersAreHeldAgainstOneEnd) {
  happens(SaleEvents(1, 7, {{1, 1, 100}}).placed(noon));
  catch_up();
  happens(SaleEvents(2, 7, {{1, 1, 100}}).placed(noon + std::chrono::days{1}));
  follower_at = 20;
  const auto states = run(app.list_consumers(caller())).value();
  EXPECT_EQ(states.end_position, 20);
  ASSERT_EQ(states.consumers.size(), 2U);
  const auto& [analytics, late] = std::tie(states.consumers[0], states.consumers[1]);
  EXPECT_EQ(analytics.name, "analytics");
  EXPECT_EQ(analytics.position, 10);
  EXPECT_EQ(analytics.events_behind, 1);
  EXPECT_EQ(analytics.last_event_at, noon);
  EXPECT_EQ(late.name, "late one");
  EXPECT_EQ(late.events_behind, 0);
  EXPECT_EQ(late.last_event_at, std::nullopt);
}

TEST_F(ReconcileOrdersTest, NobodyIsBeyondTheEnd) {
  EXPECT_EQ(run(app.list_consumers(caller()))->end_position, 0);
  follower_at = 50;  // the known end is a moment old
  const auto states = run(app.list_consumers(caller())).value();
  EXPECT_EQ(states.end_position, 50);
  EXPECT_EQ(states.consumers[0].events_behind, 0) << "as the log says";
}

}  // namespace
}  // namespace cloudcart::analytics
