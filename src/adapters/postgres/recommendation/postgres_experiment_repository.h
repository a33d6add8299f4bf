#pragma once

#include "adapters/postgres/store/store.h"
#include "recommendation/ports/experiment_repository.h"

namespace cloudcart::recommendation {

class PostgresExperimentRepository final : public ExperimentRepository {
 public:
  /// `store` is the one named "recommendation".
  explicit PostgresExperimentRepository(postgres::Store& store, ExperimentBounds bounds = {})
      : store_(store), bounds_(bounds) {}

  Task<Status> create(TenantId tenant, Experiment experiment, Deadline deadline) override;
  Task<Result<std::vector<Experiment>>> list(TenantId tenant, Deadline deadline) override;
  Task<Result<Experiment>> find(TenantId tenant, ExperimentId id, Deadline deadline) override;
  Task<Result<Experiment>> start(TenantId tenant, ExperimentId id, Timestamp now, Deadline deadline) override;
  Task<Result<Experiment>> stop(TenantId tenant, ExperimentId id, StopReason reason, Timestamp now,
                                Deadline deadline) override;
  Task<Status> remove(TenantId tenant, ExperimentId id, Deadline deadline) override;
  Task<Result<std::vector<OwnedExperiment>>> live(Timestamp stopped_since, Deadline deadline) override;

 private:
  postgres::Store& store_;
  const ExperimentBounds bounds_;
};

}  // namespace cloudcart::recommendation
