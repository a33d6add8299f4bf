#pragma once

#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "recommendation/domain/subject_sums.h"
#include "recommendation/ports/experiment_ledger.h"
#include "recommendation/ports/experiment_repository.h"

namespace cloudcart::recommendation {

/// Plans and subjects of experiments in memory, for tests. Safe between threads.
class MemoryExperiments final : public ExperimentRepository, public ExperimentLedger {
 public:
  explicit MemoryExperiments(ExperimentBounds bounds = {}) : bounds_(bounds) {}

  Task<Status> create(TenantId tenant, Experiment experiment, Deadline deadline) override;
  Task<Result<std::vector<Experiment>>> list(TenantId tenant, Deadline deadline) override;
  Task<Result<Experiment>> find(TenantId tenant, ExperimentId id, Deadline deadline) override;
  Task<Result<Experiment>> start(TenantId tenant, ExperimentId id, Timestamp now, Deadline deadline) override;
  Task<Result<Experiment>> stop(TenantId tenant, ExperimentId id, StopReason reason, Timestamp now,
                                Deadline deadline) override;
  Task<Status> remove(TenantId tenant, ExperimentId id, Deadline deadline) override;
  Task<Result<std::vector<OwnedExperiment>>> live(Timestamp stopped_since, Deadline deadline) override;

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
  struct Kept {
    Experiment experiment;
    std::map<Subject, SubjectSums> subjects;
    std::map<Uuid, std::map<ProductId, ClickedProduct>> clicked;
    std::map<Uuid, std::map<OrderId, CountedOrder>> orders;
    /// Impressions that were seen, each with the places that were clicked.
    std::map<std::pair<Timestamp, std::uint64_t>, std::set<std::size_t>> seen;
  };
  using Key = std::pair<TenantId, ExperimentId>;

  Kept* kept(const TenantId& tenant, const ExperimentId& id);
  FeedbackOutcome record_one(const TenantId& tenant, const FeedbackEvent& event, Timestamp now);
  bool click(Kept& kept, SubjectSums& sums, const FeedbackEvent& event, std::set<std::size_t>& places,
             Timestamp now);
  void apply_one(Kept& kept, const events::OrderEvent& event);
  void count(Kept& kept, const events::OrderEvent& event);

  const ExperimentBounds bounds_;
  std::mutex mutex_;
  std::map<Key, Kept> experiments_;
  std::optional<std::int64_t> position_;
};

}  // namespace cloudcart::recommendation
