#include "adapters/memory/audit/memory_audit_trail.h"
#include "adapters/sqlite/audit/sqlite_audit_trail.h"
#include "contract/audit/audit_trail_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::test {
namespace {

struct MemoryTrail {
  memory::MemoryAuditTrail trail;
  audit::AuditTrail& second = trail;
};

/// A file has one process; two that hold it are one store.
struct SqliteTrail {
  TempFolder folder;
  OffloadPool readers{"audit-reader", 2, 1'000};
  sqlite::Store store{folder.path(), "order", readers};
  sqlite::SqliteAuditTrail trail{store, "order"}, second{store, "order"};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AuditTrailContract, MemoryTrail);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AuditTrailContract, SqliteTrail);

TEST(SqliteAuditTrailTest, TheFileRefusesToChangeWhatIsWritten) {
  SqliteTrail trails;
  ASSERT_TRUE(sync_wait(trails.trail.append({"main"}, "{}", Deadline::max())));
  for (const std::string sql : {"UPDATE order_audit SET entry = 'x'", "DELETE FROM order_audit"}) {
    const auto changed =
        sync_wait(trails.store.write(Deadline::max(), [&](sqlite::Connection& connection) -> Status {
          connection.prepare(sql).run();
          return {};
        }));
    EXPECT_FALSE(changed) << sql;
  }
  EXPECT_EQ(sync_wait(trails.trail.read({"main"}, {}, Deadline::max())).value().front().entry, "{}");
}

TEST(SqliteAuditTrailTest, EveryServiceHasOne) {
  for (const std::string service : {"user", "product", "order", "analytics"}) {
    TempFolder folder;
    OffloadPool readers{"audit-reader", 1, 10};
    sqlite::Store store{folder.path(), service, readers};
    sqlite::SqliteAuditTrail trail{store, service};
    EXPECT_TRUE(sync_wait(trail.append({"main"}, "{}", Deadline::max()))) << service;
  }
}

}  // namespace cloudcart::test
