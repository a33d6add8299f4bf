#include "adapters/postgres/recommendation/postgres_experiment_repository.h"

#include "adapters/postgres/recommendation/experiment_rows.h"
#include "adapters/postgres/store/advisory_lock.h"

namespace cloudcart::recommendation {
namespace {

using postgres::Query;
using postgres::Session;

/// The experiment, kept from others until the end of the transaction.
Task<std::optional<NumberedExperiment>> lock(Session& session, const TenantId& tenant, ExperimentId id) {
  const std::vector ids{id};
  co_return tables::read_found_experiment(co_await session.run(tables::lock_experiments(tenant, ids)));
}

}  // namespace

Task<Status> PostgresExperimentRepository::create(TenantId tenant, Experiment experiment, Deadline deadline) {
  return store_.write(deadline, [=, this](Session& session) -> Task<Status> {
    std::vector<Query> look;
    look.push_back(postgres::have_alone(tenant.value));
    look.push_back(tables::count_experiments(tenant));
    const auto answers = co_await session.run_all(std::move(look));
    if (static_cast<std::size_t>(answers[1][0].integer(0)) >= bounds_.experiments)
      co_return fail(too_many_experiments(bounds_));
    const auto inserted = co_await session.run(tables::insert_experiment(tenant, experiment));
    if (inserted.affected() == 0) co_return fail(experiment_is_known());
    co_return Status{};
  });
}

Task<Result<std::vector<Experiment>>> PostgresExperimentRepository::list(TenantId tenant, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_experiments_of(tenant)));
  std::vector<Experiment> list;
  for (auto& numbered : tables::read_experiments(rows)) list.push_back(std::move(numbered.experiment));
  co_return list;
}

Task<Result<Experiment>> PostgresExperimentRepository::find(TenantId tenant, ExperimentId id,
                                                            Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_experiment(tenant, id)));
  auto found = tables::read_found_experiment(rows);
  if (!found) co_return fail(Error::not_found("Experiment"));
  co_return std::move(found->experiment);
}

Task<Result<Experiment>> PostgresExperimentRepository::start(TenantId tenant, ExperimentId id, Timestamp now,
                                                             Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Result<Experiment>> {
    // Of two starts on one placement the second sees the first.
    co_await session.run(postgres::have_alone(tenant.value));
    auto found = co_await lock(session, tenant, id);
    if (!found) co_return fail(Error::not_found("Experiment"));
    auto& experiment = found->experiment;
    if (experiment.status != ExperimentStatus::draft) co_return fail(not_a_draft());
    const auto other = tables::read_found_experiment(
        co_await session.run(tables::select_running_on(tenant, experiment.plan.placement)));
    if (other) co_return fail(placement_is_taken(other->experiment.plan.name));
    experiment.status = ExperimentStatus::running;
    experiment.started_at = now;
    co_await session.run(tables::update_status(*found));
    co_return experiment;
  });
}

Task<Result<Experiment>> PostgresExperimentRepository::stop(TenantId tenant, ExperimentId id,
                                                            StopReason reason, Timestamp now,
                                                            Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Result<Experiment>> {
    auto found = co_await lock(session, tenant, id);
    if (!found) co_return fail(Error::not_found("Experiment"));
    auto& experiment = found->experiment;
    if (experiment.status != ExperimentStatus::running) co_return fail(not_running());
    experiment.status = ExperimentStatus::stopped;
    experiment.stopped_at = now;
    experiment.stop_reason = reason;
    co_await session.run(tables::update_status(*found));
    co_return experiment;
  });
}

Task<Status> PostgresExperimentRepository::remove(TenantId tenant, ExperimentId id, Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Status> {
    const auto found = co_await lock(session, tenant, id);
    if (!found) co_return fail(Error::not_found("Experiment"));
    if (found->experiment.status != ExperimentStatus::draft) co_return fail(not_a_draft());
    co_await session.run(tables::delete_experiment(found->number));
    co_return Status{};
  });
}

Task<Result<std::vector<OwnedExperiment>>> PostgresExperimentRepository::live(Timestamp stopped_since,
                                                                              Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, tables::select_live_experiments(stopped_since)));
  std::vector<OwnedExperiment> live;
  for (auto& numbered : tables::read_experiments(rows))
    live.push_back({std::move(numbered.tenant), std::move(numbered.experiment)});
  co_return live;
}

}  // namespace cloudcart::recommendation
