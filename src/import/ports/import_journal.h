#pragma once

#include <optional>
#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::history {

/// What must stay the same when a source is imported again.
struct ImportDecisions {
  int shift_days = 0;
  bool operator==(const ImportDecisions&) const = default;
};

/// Remembers the decisions of each import, by tenant and source.
class ImportJournal {
 public:
  virtual ~ImportJournal() = default;
  /// Nullopt when the source was never imported.
  virtual Task<Result<std::optional<ImportDecisions>>> find(TenantId tenant, std::string source,
                                                            Deadline deadline) = 0;
  /// Durable when it answers. Called before the first record of an import is stored.
  virtual Task<Status> record(TenantId tenant, std::string source, ImportDecisions decisions,
                              Deadline deadline) = 0;
};

}  // namespace cloudcart::history
