#include <gtest/gtest.h>

#include "adapters/sqlite/order/claim_table.h"
#include "adapters/sqlite/order/closed_rows.h"
#include "adapters/sqlite/order/key_filter.h"
#include "adapters/sqlite/order/key_rows.h"
#include "adapters/sqlite/order/order_rows.h"
#include "adapters/sqlite/order/outbox_tail.h"
#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "adapters/sqlite/store/migrate.h"
#include "support/sample_orders.h"
#include "support/temp_folder.h"

namespace cloudcart::order {
namespace {

using sample::no_deadline;
using sqlite::Connection;

/// What the contract does not say: restarts, other processes, and what is on disk.
class SqliteOrderTest : public testing::Test {
 protected:
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 2, 1000};
  std::unique_ptr<sqlite::Store> store;
  std::unique_ptr<OutboxTail> tail;
  std::unique_ptr<SqliteEventLog> log;
  std::unique_ptr<SqliteOrderRepository> orders;

  SqliteOrderTest() { open(); }
  void open() {
    store.reset();
    store = std::make_unique<sqlite::Store>(folder.path(), "order", readers);
    tail = std::make_unique<OutboxTail>(*store);
    log = std::make_unique<SqliteEventLog>(*store, *tail);
    orders = std::make_unique<SqliteOrderRepository>(*store, *tail);
  }
  Result<BoundKey> claim(ClaimRequest request) {
    return sync_wait(orders->claim_key(std::move(request), no_deadline));
  }
  std::int64_t count(std::string_view table) {
    const std::string sql = "SELECT count(*) FROM " + std::string{table};
    return sync_wait(store->read(no_deadline,
                                 [sql](Connection& connection) -> Result<std::int64_t> {
                                   auto row = connection.prepare(sql);
                                   row.step();
                                   return row.integer(0);
                                 }))
        .value();
  }
  void execute(std::string sql) {
    ASSERT_TRUE(sync_wait(store->write(no_deadline, [sql](Connection& connection) -> Status {
      connection.execute(sql);
      return {};
    })));
  }
};

TEST_F(SqliteOrderTest, OrdersAndTheLogOutliveTheProcess) {
  const auto order = sample::order(1);
  ASSERT_TRUE(sync_wait(orders->create(sample::new_order(order), no_deadline)));
  const auto end = sync_wait(log->end_position(no_deadline)).value();
  open();
  EXPECT_EQ(sync_wait(orders->find({}, order.id, no_deadline)).value(), order);
  EXPECT_EQ(sync_wait(log->end_position(no_deadline)).value(), end);
  ASSERT_TRUE(sync_wait(orders->create(sample::new_order(sample::order(2)), no_deadline)));
  EXPECT_EQ(sync_wait(log->read(end, 10, no_deadline)).value().size(), 1U);
}

TEST_F(SqliteOrderTest, AClaimOfAProcessThatIsGoneIsFreeAndAnOrdersKeyIsNot) {
  const auto unfinished = sample::claim("unfinished", 1);
  auto finished = sample::claim("finished", 2);
  finished.proposed_order = test::numbered<OrderId>(1);
  ASSERT_TRUE(claim(unfinished));
  ASSERT_TRUE(claim(finished));
  auto order = sample::new_order(sample::order(1));
  order.key = finished.key;
  ASSERT_TRUE(sync_wait(orders->create(std::move(order), no_deadline)));
  open();
  const auto again = sample::claim("unfinished", 3);
  EXPECT_EQ(claim(again).value().order_id, again.proposed_order);
  const auto bound = claim(sample::claim("finished", 4)).value();
  EXPECT_TRUE(bound.completed);
  EXPECT_EQ(bound.order_id, test::numbered<OrderId>(1));
}

TEST_F(SqliteOrderTest, ExpiredKeysAreRemovedInTime) {
  const auto create = [&](std::uint32_t n, Timestamp now) {
    auto wanted = sample::claim("key " + std::to_string(n), n, now);
    wanted.proposed_order = test::numbered<OrderId>(n);
    ASSERT_TRUE(claim(wanted));
    auto order = sample::new_order(sample::order(n));
    order.key = wanted.key;
    ASSERT_TRUE(sync_wait(orders->create(std::move(order), no_deadline)));
  };
  for (std::uint32_t n = 1; n <= 100; ++n) create(n, sample::noon);
  ASSERT_EQ(count("idempotency_key"), 100);
  const auto tomorrow = sample::noon + std::chrono::hours{25};
  // Of sixteen ids in a row one removes some.
  static_assert(inserts_per_purge == 16 && removed_per_purge == 64);
  for (std::uint32_t n = 101; n <= 116; ++n) create(n, tomorrow);
  EXPECT_EQ(count("idempotency_key"), 100 - 64 + 16);
  for (std::uint32_t n = 117; n <= 132; ++n) create(n, tomorrow);
  EXPECT_EQ(count("idempotency_key"), 32);
}

KeyScope scope_of(std::uint32_t n) {
  return sample::claim("key " + std::to_string(n), n).key.scope;
}

TEST(KeyFilterTest, HoldsWhatWasAddedForALifetimeAndHardlyAnythingElse) {
  KeyFilter filter(key_lifetime);
  EXPECT_FALSE(filter.may_hold(scope_of(1)));
  const std::uint32_t count_keys = 20'000;
  for (std::uint32_t n = 0; n < count_keys; ++n) filter.add(scope_of(n), sample::noon);
  const auto count_held = [&](std::uint32_t first) {
    std::uint32_t held = 0;
    for (std::uint32_t n = first; n < first + count_keys; ++n) held += filter.may_hold(scope_of(n)) ? 1 : 0;
    return held;
  };
  EXPECT_EQ(count_held(0), count_keys);
  EXPECT_LT(count_held(count_keys), count_keys / 1000);
  filter.add(scope_of(1'000'000), sample::noon + key_lifetime);
  EXPECT_EQ(count_held(0), count_keys) << "one that came a moment before is still alive";
  filter.add(scope_of(1'000'001), sample::noon + 2 * key_lifetime);
  EXPECT_LT(count_held(0), count_keys / 1000);
  EXPECT_TRUE(filter.may_hold(scope_of(1'000'000)));
  EXPECT_TRUE(filter.may_hold(scope_of(1'000'001)));
}

TEST(ClaimTableTest, IsBoundedAndMakesRoomFromThoseThatRanOut) {
  ClaimTable table(2);
  ASSERT_TRUE(table.take(sample::claim("a", 1)));
  ASSERT_TRUE(table.take(sample::claim("b", 2)));
  EXPECT_EQ(table.take(sample::claim("c", 3)).error().code, ErrorCode::overloaded);
  table.let_go(sample::claim("a", 1).key);
  EXPECT_TRUE(table.take(sample::claim("c", 3)).value().is_callers);
  EXPECT_FALSE(table.held(sample::claim("a", 1).key));
  EXPECT_TRUE(table.held(sample::claim("b", 2).key));
}

TEST_F(SqliteOrderTest, ClosedIdsOutliveTheProcessAndAreForgottenInTheEnd) {
  const auto close = [&](std::uint32_t n, Timestamp now) {
    ASSERT_TRUE(sync_wait(orders->close_missing({}, {test::numbered<OrderId>(n)}, now, no_deadline)));
  };
  close(1, sample::noon);
  open();
  EXPECT_EQ(sync_wait(orders->create(sample::new_order(sample::order(1)), no_deadline)).error().code,
            ErrorCode::deadline_exceeded);
  close(2, sample::noon + closed_lifetime - milliseconds{1});
  EXPECT_EQ(count("closed_order"), 2);
  close(3, sample::noon + closed_lifetime);
  EXPECT_EQ(count("closed_order"), 2);
}

TEST_F(SqliteOrderTest, AnOrderIsWholeOrNotThere) {
  // A version that is in the log already makes the last statement of a create fail.
  execute(
      "INSERT INTO outbox(tenant, order_id, version, event_id, status, occurred_at, traceparent) "
      "SELECT 'main', x'00000000000000000000000000000001', 1, x'00', 'pending', 0, ''");
  const auto key = sample::claim("key", 1);
  ASSERT_TRUE(claim(key));
  auto entry = sample::new_order(sample::order(1));
  entry.key = key.key;
  EXPECT_FALSE(sync_wait(orders->create(std::move(entry), no_deadline)));
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("order_line"), 0);
  EXPECT_EQ(count("idempotency_key"), 0);
  EXPECT_EQ(claim(sample::claim("key", 2)).error().code, ErrorCode::idempotency_in_progress);
}

TEST_F(SqliteOrderTest, AFailedImportLeavesNothing) {
  auto good = imported(sample::order(1), {{EventId{}, OrderStatus::delivered, sample::noon}});
  auto bad = imported(sample::order(2), {{EventId{}, OrderStatus::delivered, sample::noon}});
  bad.events.push_back(bad.events[0]);
  SqliteOrderLedger ledger(*store, *tail);
  EXPECT_FALSE(sync_wait(ledger.import_orders({good, bad}, no_deadline)));
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(SqliteOrderTest, AnEventWithoutItsOrderIsAnErrorAndNotSkipped) {
  ASSERT_TRUE(sync_wait(orders->create(sample::new_order(sample::order(1)), no_deadline)));
  execute("DELETE FROM orders");
  open();
  EXPECT_EQ(sync_wait(log->read(0, 10, no_deadline)).error().code, ErrorCode::internal);
}

/// What is kept in memory and what is read back are the same events, wherever one ends and the other begins.
TEST_F(SqliteOrderTest, TheTailAndTheStoreTellTheSame) {
  OutboxTail short_tail(*store, {.events = 3, .lines = 5});
  SqliteOrderRepository repository(*store, short_tail);
  SqliteEventLog follower(*store, short_tail);
  for (std::uint32_t n = 1; n <= 5; ++n) {
    auto order = sample::order(n);
    ASSERT_TRUE(sync_wait(repository.create(sample::new_order(order), no_deadline)));
    const auto next = n % 2 == 1 ? OrderStatus::cancelled : OrderStatus::confirmed;
    ASSERT_TRUE(order.move_to(next, order.created_at + seconds{1}));
    ASSERT_TRUE(sync_wait(repository.save_transition(order, 1, sample::event(order), no_deadline)));
  }
  const auto all = sync_wait(follower.read(0, 100, no_deadline)).value();
  ASSERT_EQ(all.size(), 10U);
  EXPECT_EQ(all[0].event, sample::event(sample::order(1)));
  for (std::size_t i = 0; i <= all.size(); ++i) {
    const auto after = i == 0 ? 0 : all[i - 1].position;
    const auto rest = sync_wait(follower.read(after, 100, no_deadline)).value();
    ASSERT_EQ(rest.size(), all.size() - i);
    for (std::size_t j = 0; j < rest.size(); ++j) {
      EXPECT_EQ(rest[j].position, all[i + j].position);
      EXPECT_EQ(rest[j].event, all[i + j].event);
    }
  }
  // The bounds: two of the last orders' three events with lines are more than five lines.
  EXPECT_FALSE(short_tail.read(0, 1));
  EXPECT_TRUE(short_tail.read(all.back().position - 1, 1));
}

TEST_F(SqliteOrderTest, AStoreThatIsOnlyReadSeesWhatItsWriterAppends) {
  sqlite::Store looking(folder.path(), "order", readers, {.read_only = true});
  OutboxTail nothing(looking);
  SqliteEventLog follower(looking, nothing);
  ASSERT_TRUE(sync_wait(orders->create(sample::new_order(sample::order(1)), no_deadline)));
  EXPECT_EQ(sync_wait(follower.end_position(no_deadline)).value(), 1);
  EXPECT_EQ(sync_wait(follower.read(0, 10, no_deadline)).value().size(), 1U);
}

/// A data folder of the first schema, whose log held each event as JSON.
TEST(OrderMigrationTest, TheEventsOfAnOlderFolderAreTheSameAfterwards) {
  const test::TempFolder folder;
  const auto path = folder.path() / "order.db";
  auto order = sample::order(1);
  std::vector<events::OrderEvent> told;
  {
    sqlite::Connection connection(path.string(), sqlite::Connection::Mode::writer);
    sqlite::migrate(connection, path, sqlite::migrations_of("order").first(1));
    const auto tell = [&] {
      auto event = sample::event(order);
      event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const auto json = events::to_json(event);
      connection.prepare("INSERT INTO outbox(position, tenant, order_id, version, event) VALUES(?,?,?,?,?)")
          .bind_all(event.version * 10, event.tenant.value, event.order_id, event.version, json)
          .run();
      told.push_back(std::move(event));
    };
    rows::insert(connection, order);
    connection.execute(
        "INSERT INTO idempotency_key(tenant, user_id, route, key, fingerprint, order_id, claim, process, "
        "held_until, expires_at, completed) SELECT tenant, user_id, 'POST /api/orders', 'done', x'01', id, "
        "x'02', "
        "x'03', 0, 1, 1 FROM orders UNION ALL SELECT tenant, user_id, 'POST /api/orders', 'begun', x'01', "
        "x'04', x'02', x'03', 0, 1, 0 FROM orders");
    tell();
    ASSERT_TRUE(order.move_to(OrderStatus::confirmed, order.created_at + milliseconds{1234}));
    tell();
    ASSERT_TRUE(order.move_to(OrderStatus::cancelled, order.updated_at + milliseconds{1}));
    tell();
  }
  OffloadPool readers{"test-reader", 1, 10};
  sqlite::Store store(folder.path(), "order", readers);
  OutboxTail tail(store);
  SqliteEventLog log(store, tail);
  const auto keys = sync_wait(store.read(no_deadline, [](Connection& connection) -> Result<std::string> {
    auto row = connection.prepare("SELECT group_concat(key) FROM idempotency_key");
    row.step();
    return row.string(0);
  }));
  EXPECT_EQ(keys.value(), "done");
  const auto records = sync_wait(log.read(0, 10, no_deadline)).value();
  ASSERT_EQ(records.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(records[i].position, static_cast<std::int64_t>(i + 1) * 10);
    EXPECT_EQ(records[i].event, told[i]);
  }
}

}  // namespace
}  // namespace cloudcart::order
