#include "adapters/sqlite/order/sqlite_relay_progress.h"
#include "contract/events/relay_progress_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::events {
namespace {

struct SqliteProgress {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  sqlite::Store store{folder.path(), "order", readers};
  order::SqliteRelayProgress progress{store};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RelayProgressContract, SqliteProgress);

}  // namespace cloudcart::events
