#include "adapters/postgres/audit/postgres_audit_trail.h"
#include "contract/audit/audit_trail_contract.h"
#include "support/postgres_schema.h"

namespace cloudcart::test {
namespace {

struct PostgresTrail {
  PostgresSchema schema;
  postgres::Store store{schema.options(), "order"}, other_store{schema.options(), "order"};
  postgres::PostgresAuditTrail trail{store, "order"}, second{other_store, "order"};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, AuditTrailContract, PostgresTrail);

TEST(PostgresAuditTrailTest, TheServerRefusesToChangeWhatIsWritten) {
  PostgresTrail trails;
  ASSERT_TRUE(sync_wait(trails.trail.append({"main"}, "{}", Deadline::max())));
  for (const std::string sql :
       {"UPDATE order_audit SET entry = 'x'", "DELETE FROM order_audit", "TRUNCATE order_audit"}) {
    const auto changed =
        sync_wait(trails.store.write(Deadline::max(), [&](postgres::Session& transaction) -> Task<Status> {
          co_await transaction.run(sql);
          co_return Status{};
        }));
    EXPECT_FALSE(changed) << sql;
  }
  EXPECT_EQ(sync_wait(trails.trail.read({"main"}, {}, Deadline::max())).value().front().entry, "{}");
}

TEST(PostgresAuditTrailTest, EveryServiceHasOne) {
  for (const std::string service : {"user", "product", "order", "analytics"}) {
    PostgresSchema schema;
    postgres::Store store{schema.options(), service};
    postgres::PostgresAuditTrail trail{store, service};
    EXPECT_TRUE(sync_wait(trail.append({"main"}, "{}", Deadline::max()))) << service;
  }
}

}  // namespace cloudcart::test
