#pragma once

#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/id_generator.h"
#include "recommendation/app/experiment_choice.h"
#include "recommendation/ports/experiment_ledger.h"
#include "recommendation/ports/experiment_repository.h"

namespace cloudcart::recommendation {

struct ExperimentReport {
  Experiment experiment;
  std::vector<VariantTally> tallies;
  ExperimentFindings findings;
  Timestamp at;
  /// By positions of the log: 0 exactly when no order is left to be attributed, else it may count gaps too.
  std::int64_t events_behind = 0;
};

/// Experiments as people see to them. What has changed is in the choice of variants when the call answers.
class ManageExperiments {
 public:
  ManageExperiments(ExperimentRepository& experiments, ExperimentLedger& ledger, events::EventLog& log,
                    ExperimentChoice& choice, const Clock& clock, IdGenerator& ids)
      : experiments_(experiments), ledger_(ledger), log_(log), choice_(choice), clock_(clock), ids_(ids) {}

  /// A draft. Errors: validation_failed with all violations of the plan; conflict when there are too many.
  Task<Result<Experiment>> create(Caller caller, ExperimentPlan plan);
  /// Newest first.
  Task<Result<std::vector<Experiment>>> list(Caller caller);
  /// Errors: not_found.
  Task<Result<Experiment>> get(Caller caller, ExperimentId id);
  /// Errors: not_found; conflict when it is no draft, its end is past, or another runs on its placement.
  Task<Result<Experiment>> start(Caller caller, ExperimentId id);
  /// Errors: not_found; conflict when it does not run.
  Task<Result<Experiment>> stop(Caller caller, ExperimentId id);
  /// Errors: not_found; conflict when it is no draft.
  Task<Status> remove(Caller caller, ExperimentId id);
  /// As of now. Errors: not_found.
  Task<Result<ExperimentReport>> report(Caller caller, ExperimentId id);
  /// Removes what is kept of a customer. Answers from how many experiments.
  Task<Result<std::int64_t>> erase(Caller caller, UserId user);

  /// Stops what has come to its end. Answers how many.
  Task<Result<std::size_t>> stop_ended(Deadline deadline);
  /// Stops those whose guardrails say so. Answers how many.
  Task<Result<std::size_t>> stop_harmful(Deadline deadline);
  /// Brings the choice of variants up to date.
  Task<Status> refresh(Deadline deadline);

 private:
  Task<Result<Experiment>> stop_for(TenantId tenant, ExperimentId id, StopReason reason, Deadline deadline);
  Task<void> show(Deadline deadline);

  ExperimentRepository& experiments_;
  ExperimentLedger& ledger_;
  events::EventLog& log_;
  ExperimentChoice& choice_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace cloudcart::recommendation
