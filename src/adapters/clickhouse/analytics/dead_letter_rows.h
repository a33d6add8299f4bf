#pragma once

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"
#include "analytics/ports/dead_letters.h"

namespace cloudcart::analytics {

/// The dead letters of a generation, as rows of which the newest revision counts.
class DeadLetterRows {
 public:
  explicit DeadLetterRows(clickhouse::Store& store) : store_(store) {}

  /// Of a letter that is known already the one with more attempts stays.
  Task<Status> add(std::uint64_t generation, std::vector<DeadLetter> letters, Deadline deadline);
  /// It was added up after all.
  Task<Status> settle(std::uint64_t generation, DeadLetter letter, Deadline deadline);

  Task<Result<DeadLetters::Page>> list(Snapshot snapshot, TenantId tenant, std::int64_t offset,
                                       std::int64_t limit, Deadline deadline);
  Task<Result<std::optional<DeadLetter>>> find(Snapshot snapshot, TenantId tenant, std::int64_t position,
                                               Deadline deadline);
  Task<Result<std::vector<std::int64_t>>> positions(Snapshot snapshot, TenantId tenant, Deadline deadline);

 private:
  clickhouse::Store& store_;
};

}  // namespace cloudcart::analytics
