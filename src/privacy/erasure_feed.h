#pragma once

#include "core/result.h"
#include "privacy/erasure.h"
#include "runtime/task.h"

namespace cloudcart::privacy {

/// The erasures that the user service keeps: where other services learn what they have to erase, and say that they did.
///
/// Ordering: by seq; once one was given, none appears later at or below its seq. Each call gives a bounded number; an
/// empty answer means that there is nothing more, and where its highest number is below what was asked for, that an older store was restored: then all is read again. Reports are idempotent; what was reported as done stays so. Errors:
/// unavailable, overloaded, deadline_exceeded; of report() also outcome_unknown.
class ErasureFeed {
 public:
  virtual ~ErasureFeed() = default;
  /// All beyond `after`, of all tenants.
  virtual Task<Result<ErasureBatch>> read(std::int64_t after, Deadline deadline) = 0;
  /// Those that `holder` has not reported as done, and not reported on after `reported_before`; of what was never
  /// reported on the oldest first.
  virtual Task<Result<std::vector<Erasure>>> outstanding(Holder holder, Timestamp reported_before,
                                                         Deadline deadline) = 0;
  virtual Task<Status> report(ErasureReport report, Deadline deadline) = 0;
};

}  // namespace cloudcart::privacy
