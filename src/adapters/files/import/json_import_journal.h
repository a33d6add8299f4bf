#pragma once

#include <filesystem>
#include <map>
#include <utility>

#include "import/ports/import_journal.h"

namespace cloudcart::history {

/// The journal as a small JSON file in the data folder. Each record() writes the whole file anew, beside the
/// old one, and puts it in its place in one step. One process only: the data folder's lock sees to that.
class JsonImportJournal final : public ImportJournal {
 public:
  /// `file` need not exist yet; its folder must.
  explicit JsonImportJournal(std::filesystem::path file) : file_(std::move(file)) {}

  Task<Result<std::optional<ImportDecisions>>> find(TenantId tenant, std::string source,
                                                    Deadline deadline) override;
  Task<Status> record(TenantId tenant, std::string source, ImportDecisions decisions,
                      Deadline deadline) override;

 private:
  using Entries = std::map<std::pair<std::string, std::string>, ImportDecisions>;  // by tenant and source
  Result<Entries> load() const;
  Status save(const Entries& entries) const;

  std::filesystem::path file_;
};

}  // namespace cloudcart::history
