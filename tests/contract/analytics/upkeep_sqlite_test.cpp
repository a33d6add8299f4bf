#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "support/temp_folder.h"
#include "upkeep_contract.h"

namespace cloudcart::analytics {
namespace {

class SqliteUpkeep {
 public:
  SqliteUpkeep() { open("GBP"); }
  SqliteAnalyticsStore& store() { return *store_; }
  void restart_in(std::string_view currency) { open(currency); }

 private:
  void open(std::string_view currency) {
    store_.reset();
    file_.reset();
    file_ = std::make_unique<sqlite::Store>(folder_.path(), "analytics", readers_);
    store_ = std::make_unique<SqliteAnalyticsStore>(
        *file_, readers_, SqliteAnalyticsStore::Options{TimeZone{}, Currency::parse(currency).value()});
  }

  test::TempFolder folder_;
  OffloadPool readers_{"test-reader", 1, 100};
  std::unique_ptr<sqlite::Store> file_;
  std::unique_ptr<SqliteAnalyticsStore> store_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, UpkeepContract, SqliteUpkeep);

}  // namespace cloudcart::analytics
