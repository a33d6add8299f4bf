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

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ExperimentsContract, SqliteExperimentsFixture);

}  // namespace cloudcart::recommendation
