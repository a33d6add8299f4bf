#include <gtest/gtest.h>

#include "adapters/sqlite/order/key_rows.h"
#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
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
  SystemClock clock;
  SystemIdGenerator ids{clock};
  OffloadPool readers{"test-reader", 2, 1000};
  std::unique_ptr<sqlite::Store> store;
  std::unique_ptr<SqliteEventLog> log;
  std::unique_ptr<SqliteOrderRepository> orders;

  SqliteOrderTest() { open(); }
  void open() {
    store.reset();
    store = std::make_unique<sqlite::Store>(folder.path(), "order", readers);
    log = std::make_unique<SqliteEventLog>(*store);
    orders = std::make_unique<SqliteOrderRepository>(*store, ids);
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

TEST_F(SqliteOrderTest, AClaimOfAProcessThatIsGoneIsHandedOverAtOnce) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(claim(first));
  open();
  const auto second = claim(sample::claim("key", 2));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->order_id, first.proposed_order);
  EXPECT_EQ(claim(sample::claim("key", 3)).error().code, ErrorCode::idempotency_in_progress);
}

TEST_F(SqliteOrderTest, ExpiredKeysAreRemovedAFewAtATime) {
  for (std::uint32_t n = 1; n <= 10; ++n) ASSERT_TRUE(claim(sample::claim("old " + std::to_string(n), n)));
  ASSERT_EQ(count("idempotency_key"), 10);
  const auto tomorrow = sample::noon + std::chrono::hours{25};
  static_assert(rows::purged_per_claim == 4);
  std::uint32_t attempt = 100;
  for (const int left : {6 + 1, 2 + 2, 0 + 3}) {
    ++attempt;
    ASSERT_TRUE(claim(sample::claim("new " + std::to_string(attempt), attempt, tomorrow)));
    EXPECT_EQ(count("idempotency_key"), left);
  }
}

TEST_F(SqliteOrderTest, AnOrderIsWholeOrNotThere) {
  // A version that is in the log already makes the last statement of a create fail.
  execute("INSERT INTO outbox(tenant, order_id, version, event) SELECT 'main', x'" +
          std::string("00000000000000000000000000000001") + "', 1, '{}'");
  const auto key = sample::claim("key", 1);
  ASSERT_TRUE(claim(key));
  auto entry = sample::new_order(sample::order(1));
  entry.key = key.key;
  EXPECT_FALSE(sync_wait(orders->create(std::move(entry), no_deadline)));
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("order_line"), 0);
  EXPECT_EQ(claim(sample::claim("key", 2)).error().code, ErrorCode::idempotency_in_progress);
}

TEST_F(SqliteOrderTest, AFailedImportLeavesNothing) {
  auto good = imported(sample::order(1), {{EventId{}, OrderStatus::delivered, sample::noon}});
  auto bad = imported(sample::order(2), {{EventId{}, OrderStatus::delivered, sample::noon}});
  bad.events.push_back(bad.events[0]);
  SqliteOrderLedger ledger(*store);
  EXPECT_FALSE(sync_wait(ledger.import_orders({good, bad}, no_deadline)));
  EXPECT_EQ(count("orders"), 0);
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(SqliteOrderTest, ADamagedEventIsAnErrorAndNotSkipped) {
  ASSERT_TRUE(sync_wait(orders->create(sample::new_order(sample::order(1)), no_deadline)));
  execute("UPDATE outbox SET event = '{\"cut'");
  EXPECT_EQ(sync_wait(log->read(0, 10, no_deadline)).error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace cloudcart::order
