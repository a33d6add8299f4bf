#pragma once

#include <atomic>

#include "adapters/sqlite/store/store.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// The position is stored with the effects of orders. Where there are none, which is most of the time, it is stored
/// now and then only, to spare the disk: applied again after a restart, such records have no effect again.
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
  Task<Result<std::vector<Participation>>> participations(TenantId tenant, UserId user,
                                                          Deadline deadline) override;
  Task<Result<std::int64_t>> erase(TenantId tenant, UserId user, Deadline deadline) override;
  Task<Result<std::int64_t>> forget_expired(Timestamp now, Deadline deadline) override;

 private:
  sqlite::Store& store_;
  const ExperimentBounds bounds_;
  std::atomic<std::int64_t> applied_{-1};  ///< by this process; -1: nothing yet
};

}  // namespace cloudcart::recommendation
