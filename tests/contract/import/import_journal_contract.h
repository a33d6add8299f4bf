#pragma once

#include <gtest/gtest.h>

#include "import/ports/import_journal.h"
#include "runtime/executor.h"

namespace cloudcart::history {

/// What every ImportJournal keeps to. A fixture gives `journal()`, and `reopened()` for one that looks at the
/// same stored state anew.
template <class Fixture>
class ImportJournalContract : public Fixture {
 protected:
  std::optional<ImportDecisions> find(ImportJournal& journal, const std::string& tenant,
                                      const std::string& source) {
    const auto found = sync_wait(journal.find({tenant}, source, Deadline::max()));
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found.value_or(std::nullopt);
  }
  void record(const std::string& tenant, const std::string& source, int days) {
    EXPECT_TRUE(sync_wait(this->journal().record({tenant}, source, {.shift_days = days}, Deadline::max())));
  }
};

TYPED_TEST_SUITE_P(ImportJournalContract);

TYPED_TEST_P(ImportJournalContract, KnowsNothingAtFirst) {
  EXPECT_EQ(this->find(this->journal(), "main", "import"), std::nullopt);
}

TYPED_TEST_P(ImportJournalContract, RemembersEachSourceOfEachTenant) {
  this->record("main", "import", 5461);
  this->record("main", "till", -3);
  this->record("other", "import", 0);
  for (auto* journal : {&this->journal(), &this->reopened()}) {
    EXPECT_EQ(this->find(*journal, "main", "import"), ImportDecisions{.shift_days = 5461});
    EXPECT_EQ(this->find(*journal, "main", "till"), ImportDecisions{.shift_days = -3});
    EXPECT_EQ(this->find(*journal, "other", "import"), ImportDecisions{.shift_days = 0});
    EXPECT_EQ(this->find(*journal, "other", "till"), std::nullopt);
  }
}

TYPED_TEST_P(ImportJournalContract, TheLastRecordCounts) {
  this->record("main", "import", 1);
  this->record("main", "import", 2);
  EXPECT_EQ(this->find(this->reopened(), "main", "import"), ImportDecisions{.shift_days = 2});
}

REGISTER_TYPED_TEST_SUITE_P(ImportJournalContract, KnowsNothingAtFirst, RemembersEachSourceOfEachTenant,
                            TheLastRecordCounts);

}  // namespace cloudcart::history
