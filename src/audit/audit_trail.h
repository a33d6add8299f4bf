#pragma once

#include <optional>
#include <vector>

#include "audit/chain.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::audit {

struct LinkQuery {
  std::int64_t limit = 100;
  std::optional<std::int64_t> after;   ///< upwards from there
  std::optional<std::int64_t> before;  ///< without `after`: downwards from there; without both: from the end
};

/// The chain of each shop in the store of one service. Rows are added and never changed or removed; the store itself
/// refuses both.
///
/// Atomicity: an append is on disk when it is answered. Of appends at the same time, also of several processes, each
/// gets the row after another. Errors of all: unavailable, overloaded, deadline_exceeded; of append also
/// outcome_unknown.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;

  virtual Task<Result<Link>> append(TenantId tenant, std::string entry, Deadline deadline) = 0;

  /// Rows in the order asked for.
  virtual Task<Result<std::vector<Link>>> read(TenantId tenant, LinkQuery query, Deadline deadline) = 0;

  /// Where each shop's chain should end: kept beside the rows, moved on with each of them. By tenant.
  virtual Task<Result<std::vector<Head>>> heads(Deadline deadline) = 0;
};

}  // namespace cloudcart::audit
