#include "recommendation/app/manage_experiments.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace cloudcart::recommendation {
namespace {

/// Somebody else has stopped it first.
bool is_race(const Error& error) {
  return error.code == ErrorCode::conflict;
}

}  // namespace

Task<Result<Experiment>> ManageExperiments::create(Caller caller, ExperimentPlan plan) {
  if (auto errors = violations(plan); !errors.empty()) co_return fail(Error::validation(std::move(errors)));
  Experiment experiment{
      .id = ids_.next_id<ExperimentId>(), .plan = std::move(plan), .created_at = clock_.now()};
  random_bytes(experiment.keys.buckets.data(), experiment.keys.buckets.size());
  random_bytes(experiment.keys.seal.data(), experiment.keys.seal.size());
  CLOUDCART_CO_CHECK(co_await experiments_.create(caller.tenant, experiment, caller.deadline));
  co_return experiment;
}

Task<Result<std::vector<Experiment>>> ManageExperiments::list(Caller caller) {
  co_return co_await experiments_.list(std::move(caller.tenant), caller.deadline);
}

Task<Result<Experiment>> ManageExperiments::get(Caller caller, ExperimentId id) {
  co_return co_await experiments_.find(std::move(caller.tenant), id, caller.deadline);
}

Task<Result<Experiment>> ManageExperiments::start(Caller caller, ExperimentId id) {
  // One that is over is in nobody's way.
  CLOUDCART_CO_CHECK(co_await stop_ended(caller.deadline));
  const auto now = clock_.now();
  CLOUDCART_CO_TRY(const auto draft, co_await experiments_.find(caller.tenant, id, caller.deadline));
  if (draft.status == ExperimentStatus::draft && draft.plan.ends_at && *draft.plan.ends_at <= now)
    co_return fail(ErrorCode::conflict, "The end of the experiment is past; delete it and plan a new one.");
  CLOUDCART_CO_TRY(auto started, co_await experiments_.start(caller.tenant, id, now, caller.deadline));
  spdlog::info("experiment '{}' started", started.plan.name);
  co_await show(caller.deadline);
  co_return started;
}

Task<Result<Experiment>> ManageExperiments::stop(Caller caller, ExperimentId id) {
  CLOUDCART_CO_TRY(auto stopped,
                   co_await stop_for(std::move(caller.tenant), id, StopReason::staff, caller.deadline));
  co_await show(caller.deadline);
  co_return stopped;
}

Task<Status> ManageExperiments::remove(Caller caller, ExperimentId id) {
  co_return co_await experiments_.remove(std::move(caller.tenant), id, caller.deadline);
}

Task<Result<ExperimentReport>> ManageExperiments::report(Caller caller, ExperimentId id) {
  ExperimentReport report{.at = clock_.now()};
  CLOUDCART_CO_TRY(report.experiment, co_await experiments_.find(caller.tenant, id, caller.deadline));
  CLOUDCART_CO_TRY(const auto applied, co_await ledger_.position(caller.deadline));
  CLOUDCART_CO_TRY(report.events_behind, co_await log_.count_beyond(applied.value_or(0), caller.deadline));
  CLOUDCART_CO_TRY(report.tallies, co_await ledger_.tallies(caller.tenant, id, caller.deadline));
  report.findings = judge(report.experiment.plan, report.tallies);
  co_return report;
}

Task<Result<std::int64_t>> ManageExperiments::erase(Caller caller, UserId user) {
  co_return co_await ledger_.erase(std::move(caller.tenant), user, caller.deadline);
}

Task<Result<std::size_t>> ManageExperiments::stop_ended(Deadline deadline) {
  const auto now = clock_.now();
  std::size_t ended = 0;
  CLOUDCART_CO_TRY(const auto live, co_await experiments_.live(now, deadline));
  for (const auto& [tenant, experiment] : live) {
    const auto& end = experiment.plan.ends_at;
    if (experiment.status != ExperimentStatus::running || !end || now < *end) continue;
    const auto done = co_await stop_for(tenant, experiment.id, StopReason::ended, deadline);
    if (!done && !is_race(done.error())) co_return fail(done.error());
    ended += done.has_value();
  }
  if (ended > 0) co_await show(deadline);
  co_return ended;
}

Task<Result<std::size_t>> ManageExperiments::stop_harmful(Deadline deadline) {
  std::size_t stopped = 0;
  CLOUDCART_CO_TRY(const auto live, co_await experiments_.live(clock_.now(), deadline));
  for (const auto& [tenant, experiment] : live) {
    const auto can_stop = std::ranges::any_of(experiment.plan.guardrails, &Guardrail::stops);
    if (experiment.status != ExperimentStatus::running || !can_stop) continue;
    CLOUDCART_CO_TRY(const auto tallies, co_await ledger_.tallies(tenant, experiment.id, deadline));
    if (!judge(experiment.plan, tallies).must_stop) continue;
    const auto done = co_await stop_for(tenant, experiment.id, StopReason::guardrail, deadline);
    if (!done && !is_race(done.error())) co_return fail(done.error());
    stopped += done.has_value();
  }
  if (stopped > 0) co_await show(deadline);
  co_return stopped;
}

Task<Result<Experiment>> ManageExperiments::stop_for(TenantId tenant, ExperimentId id, StopReason reason,
                                                     Deadline deadline) {
  CLOUDCART_CO_TRY(auto stopped,
                   co_await experiments_.stop(std::move(tenant), id, reason, clock_.now(), deadline));
  spdlog::info("experiment '{}' stopped: {}", stopped.plan.name, to_string(reason));
  co_return stopped;
}

/// What was stored stands, also when it cannot be read just now; then the next look brings it.
Task<void> ManageExperiments::show(Deadline deadline) {
  if (const auto shown = co_await refresh(deadline); !shown)
    spdlog::warn("what has changed of the experiments is answered by a moment later: {}",
                 shown.error().message);
}

Task<Status> ManageExperiments::refresh(Deadline deadline) {
  const auto reading = choice_.begin_reading();
  // Feedback on answers of those that stopped a moment ago is still under way.
  CLOUDCART_CO_TRY(auto live,
                   co_await experiments_.live(clock_.now() - ExperimentBounds{}.impression_life, deadline));
  LiveExperiments by_shop;
  for (auto& [tenant, experiment] : live)
    by_shop[tenant].push_back(std::make_shared<const Experiment>(std::move(experiment)));
  choice_.replace(std::move(by_shop), reading);
  co_return Status{};
}

}  // namespace cloudcart::recommendation
