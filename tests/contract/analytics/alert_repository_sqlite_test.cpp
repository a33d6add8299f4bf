#include "adapters/sqlite/analytics/sqlite_alert_repository.h"
#include "alert_repository_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::analytics {

struct SqliteAlerts {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  std::unique_ptr<sqlite::Store> file = std::make_unique<sqlite::Store>(folder.path(), "analytics", readers);
  SqliteAlertRepository alerts{*file, alert_bounds};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AlertRepositoryContract, SqliteAlerts);

}  // namespace cloudcart::analytics
