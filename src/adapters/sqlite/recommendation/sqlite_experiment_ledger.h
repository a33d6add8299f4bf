#pragma once

#include "adapters/sqlite/store/store.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

class SqliteExperimentLedger final : public ExperimentLedger {
 public:
  /// `store` is the one named "recommendation".
  explicit SqliteExperimentLedger(sqlite::Store& store, ExperimentBounds bounds = {})
      : store_(store), bounds_(bounds) {}

  Task<Result<std::vector<FeedbackOutcome>>> record(TenantId tenant, std::vector<FeedbackEvent> events,
                                                    Timestamp now, Deadline deadline) override;
  Task<Result<std::optional<std::int64_t>>> position(Deadline deadline) override;
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  Task<Status> begin_at(std::int64_t position, Deadline deadline) override;
  Task<Result<std::vector<VariantTally>>> tallies(TenantId tenant, ExperimentId id,
                                                  Deadline deadline) override;
  Task<Result<std::int64_t>> erase(TenantId tenant, UserId user, Deadline deadline) override;
  Task<Result<std::int64_t>> forget_expired(Timestamp now, Deadline deadline) override;

 private:
  sqlite::Store& store_;
  const ExperimentBounds bounds_;
};

}  // namespace cloudcart::recommendation
