#include "adapters/sqlite/recommendation/sqlite_experiment_ledger.h"
#include "adapters/sqlite/recommendation/sqlite_experiment_repository.h"
#include "experiments_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::recommendation {

struct SqliteExperimentsFixture {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  sqlite::Store file{folder.path(), "recommendation", readers};
  SqliteExperimentRepository plans{file, small_bounds};
  SqliteExperimentLedger subjects{file, small_bounds};
  ExperimentRepository& repository() { return plans; }
  ExperimentLedger& ledger() { return subjects; }
};

/// What is not in the file after a restart had no effect.
TEST(SqliteExperimentLedger, StoresItsPositionWithEffectsAndNowAndThen) {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  const auto apply_then_reopen = [&](std::vector<std::int64_t> positions) {
    {
      sqlite::Store file(folder.path(), "recommendation", readers);
      SqliteExperimentLedger ledger(file);
      std::vector<events::LogRecord> records;
      for (const auto position : positions) records.push_back({position, test::bought(1, 1, {{1}})});
      EXPECT_TRUE(sync_wait(ledger.apply(records, Deadline::max())));
      EXPECT_EQ(sync_wait(ledger.position(Deadline::max())).value(), positions.back());
    }
    sqlite::Store file(folder.path(), "recommendation", readers);
    SqliteExperimentLedger ledger(file);
    return sync_wait(ledger.position(Deadline::max())).value();
  };
  EXPECT_EQ(apply_then_reopen({1, 9'999}), std::nullopt);
  EXPECT_EQ(apply_then_reopen({1, 10'000}), 10'000);
  EXPECT_EQ(apply_then_reopen({10'001, 10'002}), 10'000);
}

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ExperimentsContract, SqliteExperimentsFixture);

}  // namespace cloudcart::recommendation
