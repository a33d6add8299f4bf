#include "adapters/memory/recommendation/memory_quality_ledger.h"
#include "adapters/sqlite/recommendation/sqlite_quality_ledger.h"
#include "quality_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::recommendation {
namespace {

struct MemoryQuality {
  QualityLedger& ledger() { return memory_; }
  void reopen() {}

 private:
  MemoryQualityLedger memory_;
};

struct SqliteQuality {
  SqliteQuality() { reopen(); }
  QualityLedger& ledger() { return *ledger_; }
  void reopen() {
    ledger_.reset();
    file_.reset();
    file_.emplace(folder_.path(), "recommendation", readers_);
    ledger_.emplace(*file_);
  }

 private:
  test::TempFolder folder_;
  OffloadPool readers_{"test-reader", 1, 100};
  std::optional<sqlite::Store> file_;
  std::optional<SqliteQualityLedger> ledger_;
};

using Implementations = testing::Types<MemoryQuality, SqliteQuality>;
INSTANTIATE_TYPED_TEST_SUITE_P(All, QualityContract, Implementations);

}  // namespace
}  // namespace cloudcart::recommendation
