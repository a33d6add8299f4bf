#pragma once

#include <chrono>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "recommendation/domain/quality.h"
#include "runtime/task.h"

namespace cloudcart::recommendation {

/// A shop's cases of one task on one day (UTC).
struct QualityDay {
  TenantId tenant;
  std::chrono::sys_days day;
  QualityTask task = QualityTask::next;
  QualityTally tally;
  bool operator==(const QualityDay&) const = default;
};

/// How well the models foretold orders, by day.
///
/// Atomicity: each call is one transaction. Ordering: a write that has answered is seen by every later read. Bounds: what
/// is older than `kept_days` before the newest day of a shop is forgotten as days are added. Errors: unavailable,
/// overloaded, deadline_exceeded, of writes also outcome_unknown.
class QualityLedger {
 public:
  static constexpr int kept_days = 400;

  virtual ~QualityLedger() = default;

  /// Adds to what is there.
  virtual Task<Status> add(std::vector<QualityDay> days, Deadline deadline) = 0;
  /// Those from one day to another, both included, in order of day and task; days without cases are not there.
  virtual Task<Result<std::vector<QualityDay>>> read(TenantId tenant, std::chrono::sys_days from,
                                                     std::chrono::sys_days to, Deadline deadline) = 0;
};

}  // namespace cloudcart::recommendation
