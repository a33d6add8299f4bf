#include <fstream>

#include "adapters/files/import/json_import_journal.h"
#include "contract/import/import_journal_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::history {
namespace {

class JsonFile : public testing::Test {
 protected:
  ImportJournal& journal() { return journal_; }
  ImportJournal& reopened() { return reopened_; }
  std::filesystem::path file() const { return folder_.path() / "import.json"; }

 private:
  test::TempFolder folder_;
  JsonImportJournal journal_{file()};
  JsonImportJournal reopened_{file()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(JsonFile, ImportJournalContract, JsonFile);

/// Where all stores are servers, nothing else makes the folder.
TEST(JsonImportJournalTest, MakesItsFolder) {
  const test::TempFolder folder;
  JsonImportJournal journal(folder.path() / "shop" / "imports.json");
  EXPECT_TRUE(sync_wait(journal.record({"main"}, "history.csv", {.shift_days = 3}, Deadline::max())));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "shop" / "imports.json"));
}

class DamagedJournalTest : public JsonFile {};

TEST_F(DamagedJournalTest, IsAnErrorAndNotAnEmptyJournal) {
  for (const auto* text : {"", "{", "[]", R"({"imports":[{"tenant":"main"}]})",
                           R"({"imports":[{"tenant":"main","source":"a","shift_days":"many"}]})"}) {
    std::ofstream(file(), std::ios::trunc) << text;
    const auto found = sync_wait(journal().find({"main"}, "a", Deadline::max()));
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::unavailable);
    const auto recorded = sync_wait(journal().record({"main"}, "a", {}, Deadline::max()));
    EXPECT_FALSE(recorded) << "and is not written over";
  }
}

}  // namespace
}  // namespace cloudcart::history
