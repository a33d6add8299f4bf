#include "adapters/sqlite/recommendation/sqlite_experiment_repository.h"

#include "adapters/sqlite/recommendation/experiment_rows.h"

namespace cloudcart::recommendation {

using sqlite::Connection;

Task<Status> SqliteExperimentRepository::create(TenantId tenant, Experiment experiment, Deadline deadline) {
  co_return co_await store_.write(deadline, [=, this](Connection& connection) -> Status {
    if (count_experiments(connection, tenant) >= bounds_.experiments)
      return fail(too_many_experiments(bounds_));
    if (!insert_experiment(connection, tenant, experiment)) return fail(experiment_is_known());
    return {};
  });
}

Task<Result<std::vector<Experiment>>> SqliteExperimentRepository::list(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [tenant](Connection& connection) -> Result<std::vector<Experiment>> {
                                   std::vector<Experiment> list;
                                   for (auto& numbered : experiments_of(connection, tenant))
                                     list.push_back(std::move(numbered.experiment));
                                   return list;
                                 });
}

Task<Result<Experiment>> SqliteExperimentRepository::find(TenantId tenant, ExperimentId id,
                                                          Deadline deadline) {
  co_return co_await store_.read(deadline, [tenant, id](Connection& connection) -> Result<Experiment> {
    auto found = find_experiment(connection, tenant, id);
    if (!found) return fail(Error::not_found("Experiment"));
    return std::move(found->experiment);
  });
}

Task<Result<Experiment>> SqliteExperimentRepository::start(TenantId tenant, ExperimentId id, Timestamp now,
                                                           Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Result<Experiment> {
    auto found = find_experiment(connection, tenant, id);
    if (!found) return fail(Error::not_found("Experiment"));
    auto& experiment = found->experiment;
    if (experiment.status != ExperimentStatus::draft) return fail(not_a_draft());
    if (const auto other = running_on(connection, tenant, experiment.plan.placement))
      return fail(placement_is_taken(other->experiment.plan.name));
    experiment.status = ExperimentStatus::running;
    experiment.started_at = now;
    update_status(connection, *found);
    return experiment;
  });
}

Task<Result<Experiment>> SqliteExperimentRepository::stop(TenantId tenant, ExperimentId id, StopReason reason,
                                                          Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Result<Experiment> {
    auto found = find_experiment(connection, tenant, id);
    if (!found) return fail(Error::not_found("Experiment"));
    auto& experiment = found->experiment;
    if (experiment.status != ExperimentStatus::running) return fail(not_running());
    experiment.status = ExperimentStatus::stopped;
    experiment.stopped_at = now;
    experiment.stop_reason = reason;
    update_status(connection, *found);
    return experiment;
  });
}

Task<Status> SqliteExperimentRepository::remove(TenantId tenant, ExperimentId id, Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Status {
    const auto found = find_experiment(connection, tenant, id);
    if (!found) return fail(Error::not_found("Experiment"));
    if (found->experiment.status != ExperimentStatus::draft) return fail(not_a_draft());
    delete_experiment(connection, found->number);
    return {};
  });
}

Task<Result<std::vector<OwnedExperiment>>> SqliteExperimentRepository::live(Timestamp stopped_since,
                                                                            Deadline deadline) {
  co_return co_await store_.read(
      deadline, [stopped_since](Connection& connection) -> Result<std::vector<OwnedExperiment>> {
        std::vector<OwnedExperiment> live;
        for (auto& numbered : live_experiments(connection, stopped_since))
          live.push_back({std::move(numbered.tenant), std::move(numbered.experiment)});
        return live;
      });
}

}  // namespace cloudcart::recommendation
