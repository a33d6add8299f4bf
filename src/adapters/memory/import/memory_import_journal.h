#pragma once

#include <map>
#include <utility>

#include "import/ports/import_journal.h"

namespace cloudcart::history {

class MemoryImportJournal final : public ImportJournal {
 public:
  Task<Result<std::optional<ImportDecisions>>> find(TenantId tenant, std::string source, Deadline) override {
    const auto found = entries_.find({tenant.value, source});
    if (found == entries_.end()) co_return std::optional<ImportDecisions>{};
    co_return std::optional{found->second};
  }
  Task<Status> record(TenantId tenant, std::string source, ImportDecisions decisions, Deadline) override {
    entries_[{tenant.value, source}] = decisions;
    co_return Status{};
  }

 private:
  std::map<std::pair<std::string, std::string>, ImportDecisions> entries_;
};

}  // namespace cloudcart::history
