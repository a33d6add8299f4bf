#include "contract/order/postgres_orders.h"

#include <gtest/gtest.h>

#include "support/sample_orders.h"

namespace cloudcart::order {
namespace {

using postgres::Session;
using sample::no_deadline;
using test::numbered;

/// What the contracts do not say: restarts, several processes, what is in the tables.
class PostgresOrdersTest : public testing::Test {
 protected:
  test::PostgresSchema schema;
  std::optional<PostgresOrderAdapters> adapters;

  PostgresOrdersTest() { open(); }
  void open(milliseconds settling = seconds{30}) {
    adapters.reset();
    adapters.emplace(schema, settling);
  }
  Status create(std::uint32_t n) {
    return sync_wait(adapters->repository.create(sample::new_order(sample::order(n)), no_deadline));
  }
  Status create_under(const HeldKey& key, std::uint32_t n) {
    auto order = sample::new_order(sample::order(n));
    order.key = key;
    return sync_wait(adapters->repository.create(std::move(order), no_deadline));
  }
  Result<BoundKey> claim(ClaimRequest request) {
    return sync_wait(adapters->repository.claim_key(std::move(request), no_deadline));
  }
  std::vector<events::LogRecord> read(std::int64_t after = 0, std::size_t limit = 1000) {
    return sync_wait(adapters->log.read(after, limit, no_deadline)).value();
  }
  std::int64_t end() { return sync_wait(adapters->log.end_position(no_deadline)).value(); }
  std::int64_t count(std::string_view table) {
    const auto rows = sync_wait(
        adapters->store.ask(no_deadline, postgres::query("SELECT count(*) FROM " + std::string{table})));
    return rows.value()[0].integer(0);
  }
  void execute(std::string sql) {
    ASSERT_TRUE(sync_wait(adapters->store.write(no_deadline, [sql](Session& session) -> Task<Status> {
      co_await session.run(sql);
      co_return Status{};
    })));
  }
};

TEST_F(PostgresOrdersTest, OrdersAndTheLogOutliveTheProcess) {
  ASSERT_TRUE(create(1));
  const auto position = end();
  open();
  EXPECT_EQ(sync_wait(adapters->repository.find({}, numbered<OrderId>(1), no_deadline)).value(),
            sample::order(1));
  EXPECT_EQ(end(), position);
  ASSERT_TRUE(create(2));
  EXPECT_EQ(read(position).size(), 1U);
}

TEST_F(PostgresOrdersTest, AnEventThatIsWrittenLateStaysOutUntilWhatIsOlderHasEnded) {
  ASSERT_TRUE(create(1));
  const auto first = end();
  open(milliseconds{10});
  Notifier told;
  const auto ticket = told.ticket();
  Notifier begun;
  const auto not_begun = begun.ticket();
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  bool ended = false, checked = false;
  // Older than the next order, and still writing when that has been answered.
  start(adapters->store.write(no_deadline,
                              [&](Session& session) -> Task<Status> {
                                co_await session.run("SELECT pg_current_xact_id()");
                                begun.notify_all();
                                co_await told.wait(ticket, MonotonicTime::max());
                                co_return Status{};
                              }),
        [&](auto) { ended = true; });
  const auto check = [&]() -> Task<void> {
    co_await begun.wait(not_begun, MonotonicTime::max());
    EXPECT_TRUE(co_await adapters->repository.create(sample::new_order(sample::order(2)), no_deadline));
    EXPECT_EQ((co_await adapters->log.read(first, 10, no_deadline)).value().size(), 0U);
    EXPECT_EQ((co_await adapters->log.end_position(no_deadline)).value(), first);
    EXPECT_FALSE(co_await adapters->log.wait_beyond(first, executor.now() + milliseconds{100}));
    const auto books = (co_await adapters->ledger.totals({}, no_deadline)).value();
    EXPECT_EQ(books.position, first);
    EXPECT_EQ(books.orders_placed, 1);
    EXPECT_EQ((co_await adapters->repository.events_of({}, numbered<OrderId>(2), no_deadline))->size(), 1U);
    told.notify_all();
    EXPECT_TRUE(co_await adapters->log.wait_beyond(first, executor.now() + seconds{30}));
    EXPECT_EQ((co_await adapters->log.read(first, 10, no_deadline)).value().size(), 1U);
  };
  start(check(), [&](auto) { checked = true; });
  executor.run_until([&] { return ended && checked; });
}

TEST_F(PostgresOrdersTest, ALogFromAServerWithOlderTransactionsGoesOnUpwards) {
  for (const std::uint32_t n : {1, 2}) ASSERT_TRUE(create(n));
  open(milliseconds{10});
  execute("UPDATE order_event SET position = position + (1::bigint << 50)");
  EXPECT_TRUE(read().empty()) << "beyond the numbers that this server has given out";
  open();
  const auto restored = read();
  ASSERT_EQ(restored.size(), 2U);
  ASSERT_TRUE(create(3));
  const auto all = read();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_GT(all[2].position, restored[1].position);
  EXPECT_EQ(all[2].event.order_id, numbered<OrderId>(3));
  open();
  EXPECT_EQ(end(), all[2].position);
}

TEST_F(PostgresOrdersTest, ACommitOfAnotherProcessEndsAWait) {
  PostgresOrderAdapters other(schema);
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  const auto begun = executor.now();
  int woken = 0;
  bool created = false;
  for (int i = 0; i < 3; ++i)
    start(adapters->log.wait_beyond(0, begun + seconds{30}),
          [&](auto outcome) { woken += std::get<0>(outcome); });
  const auto create_there = [&]() -> Task<void> {
    co_await sleep_until(begun + milliseconds{50});
    EXPECT_TRUE(co_await other.repository.create(sample::new_order(sample::order(1)), no_deadline));
  };
  start(create_there(), [&](auto) { created = true; });
  executor.run_until([&] { return woken == 3 && created; });
  EXPECT_LT(executor.now() - begun, seconds{10});
}

TEST_F(PostgresOrdersTest, AClaimOutlivesItsProcessUntilItsTimeIsUp) {
  const auto unfinished = sample::claim("unfinished", 1);
  auto finished = sample::claim("finished", 2);
  finished.proposed_order = numbered<OrderId>(1);
  ASSERT_TRUE(claim(unfinished));
  ASSERT_TRUE(claim(finished));
  ASSERT_TRUE(create_under(finished.key, 1));
  open();
  EXPECT_EQ(claim(sample::claim("unfinished", 3)).error().code, ErrorCode::idempotency_in_progress);
  EXPECT_EQ(claim(sample::claim("unfinished", 4, unfinished.held_until))->order_id,
            unfinished.proposed_order);
  const auto bound = claim(sample::claim("finished", 5)).value();
  EXPECT_TRUE(bound.completed);
  EXPECT_EQ(bound.order_id, numbered<OrderId>(1));
}

TEST_F(PostgresOrdersTest, ExpiredKeysAreRemovedInTime) {
  const auto claim_numbered = [&](std::uint32_t n, Timestamp now) {
    auto wanted = sample::claim("key " + std::to_string(n), n, now);
    wanted.proposed_order = numbered<OrderId>(n);
    ASSERT_TRUE(claim(wanted));
  };
  for (std::uint32_t n = 1; n <= 100; ++n) claim_numbered(n, sample::noon);
  ASSERT_EQ(count("idempotency_key"), 100);
  const auto tomorrow = sample::noon + std::chrono::hours{25};
  // Of sixteen ids in a row one removes some.
  static_assert(inserts_per_purge == 16 && removed_per_purge == 64);
  for (std::uint32_t n = 101; n <= 116; ++n) claim_numbered(n, tomorrow);
  EXPECT_EQ(count("idempotency_key"), 100 - 64 + 16);
  for (std::uint32_t n = 117; n <= 132; ++n) claim_numbered(n, tomorrow);
  EXPECT_EQ(count("idempotency_key"), 32);
}

TEST_F(PostgresOrdersTest, ClosedIdsOutliveTheProcessAndAreForgottenInTheEnd) {
  const auto close = [&](std::uint32_t n, Timestamp now) {
    ASSERT_TRUE(sync_wait(adapters->repository.close_missing({}, {numbered<OrderId>(n)}, now, no_deadline)));
  };
  close(1, sample::noon);
  open();
  EXPECT_EQ(create(1).error().code, ErrorCode::deadline_exceeded);
  close(2, sample::noon + closed_lifetime - milliseconds{1});
  EXPECT_EQ(count("closed_order"), 2);
  close(3, sample::noon + closed_lifetime);
  EXPECT_EQ(count("closed_order"), 2);
}

TEST_F(PostgresOrdersTest, AnOrderIsWholeOrNotThere) {
  // A version that is in the log already makes the last part of a create fail.
  execute(
      "INSERT INTO order_event(position, tenant, order_id, version, event_id, status, occurred_at, "
      "traceparent,"
      " has_lines) SELECT 1, 'main', uuid, 1, uuid, 'pending', 0, '', false"
      " FROM CAST('00000000-0000-0000-0000-000000000001' AS uuid) AS uuid");
  const auto key = sample::claim("key", 1);
  ASSERT_TRUE(claim(key));
  EXPECT_EQ(create_under(key.key, 1).error().code, ErrorCode::internal);
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("order_line"), 0);
  EXPECT_EQ(count("idempotency_key WHERE completed"), 0);
  EXPECT_EQ(claim(sample::claim("key", 2)).error().code, ErrorCode::idempotency_in_progress);
  EXPECT_EQ(sync_wait(adapters->log.read(0, 10, no_deadline)).error().code, ErrorCode::internal)
      << "an event without its order is an error and not skipped";
}

TEST_F(PostgresOrdersTest, AFailedImportLeavesNothing) {
  const auto good = imported(sample::order(1), {{EventId{}, OrderStatus::delivered, sample::noon}});
  auto bad = imported(sample::order(2), {{EventId{}, OrderStatus::delivered, sample::noon}});
  bad.events.push_back(bad.events[0]);
  EXPECT_FALSE(sync_wait(adapters->ledger.import_orders({good, bad}, no_deadline)));
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("order_event"), 0);
}

TEST_F(PostgresOrdersTest, AnImportOfManyKeepsTheirOrder) {
  std::vector<ImportedOrder> orders;
  for (std::uint32_t n = 1; n <= 250; ++n)
    orders.push_back(imported(
        sample::order(n),
        {{numbered<EventId>(2 * n), OrderStatus::delivered, sample::noon},
         {numbered<EventId>(2 * n + 1), OrderStatus::cancelled, sample::noon + std::chrono::hours{n}}}));
  orders.push_back(orders.front());
  EXPECT_EQ(sync_wait(adapters->ledger.import_orders(orders, no_deadline)), 250U);
  const auto records = read();
  ASSERT_EQ(records.size(), 500U);
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].event, orders[i / 2].events[i % 2]);
}

}  // namespace
}  // namespace cloudcart::order
