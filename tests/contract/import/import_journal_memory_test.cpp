#include "adapters/memory/import/memory_import_journal.h"
#include "contract/import/import_journal_contract.h"

namespace cloudcart::history {
namespace {

class Memory : public testing::Test {
 protected:
  ImportJournal& journal() { return journal_; }
  ImportJournal& reopened() { return journal_; }

 private:
  MemoryImportJournal journal_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ImportJournalContract, Memory);

}  // namespace
}  // namespace cloudcart::history
