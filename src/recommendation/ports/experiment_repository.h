#pragma once

#include <string>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "recommendation/domain/experiment.h"
#include "runtime/task.h"

namespace cloudcart::recommendation {

struct ExperimentBounds {
  std::size_t experiments = 200;                         ///< of each shop
  std::int64_t subjects = 2'000'000;                     ///< of each experiment; later ones are not counted
  std::int64_t clicked_products = 50;                    ///< of each subject of an experiment, the first ones
  milliseconds impression_life = std::chrono::hours{2};  ///< after that it can neither be shown nor clicked
};

inline Error too_many_experiments(const ExperimentBounds& bounds) {
  return {ErrorCode::conflict,
          "There are " + std::to_string(bounds.experiments) +
              " experiments already; delete drafts that are not needed any more.",
          {}};
}
inline Error experiment_is_known() {
  return {ErrorCode::conflict, "An experiment with this id is there already.", {}};
}
inline Error placement_is_taken(const std::string& name) {
  return {ErrorCode::conflict,
          "The experiment '" + name + "' runs on this placement; stop it first, or wait until it ends.",
          {}};
}
inline Error not_a_draft() {
  return {ErrorCode::conflict, "The experiment has been started: only drafts can be started or deleted.", {}};
}
inline Error not_running() {
  return {ErrorCode::conflict, "The experiment does not run.", {}};
}

struct OwnedExperiment {
  TenantId tenant;
  Experiment experiment;
  bool operator==(const OwnedExperiment&) const = default;
};

/// The experiments of all shops, as they were planned and how far they are.
///
/// Ordering: a write that has answered is seen by every later read. Atomicity: of two starts on one placement one
/// is refused. Bounds: ExperimentBounds. Errors: unavailable, overloaded, deadline_exceeded, outcome_unknown,
/// and those that are named.
class ExperimentRepository {
 public:
  virtual ~ExperimentRepository() = default;

  /// A draft. conflict when the shop has as many as it may have, or the id is known.
  virtual Task<Status> create(TenantId tenant, Experiment experiment, Deadline deadline) = 0;
  /// Newest first.
  virtual Task<Result<std::vector<Experiment>>> list(TenantId tenant, Deadline deadline) = 0;
  /// Errors: not_found.
  virtual Task<Result<Experiment>> find(TenantId tenant, ExperimentId id, Deadline deadline) = 0;
  /// A draft becomes running. Errors: not_found; conflict when it is none, or another one runs on its placement.
  virtual Task<Result<Experiment>> start(TenantId tenant, ExperimentId id, Timestamp now,
                                         Deadline deadline) = 0;
  /// Errors: not_found; conflict when it does not run.
  virtual Task<Result<Experiment>> stop(TenantId tenant, ExperimentId id, StopReason reason, Timestamp now,
                                        Deadline deadline) = 0;
  /// Errors: not_found; conflict when it is no draft.
  virtual Task<Status> remove(TenantId tenant, ExperimentId id, Deadline deadline) = 0;
  /// Those of all shops that run, or stopped at `stopped_since` or later; by tenant, then id.
  virtual Task<Result<std::vector<OwnedExperiment>>> live(Timestamp stopped_since, Deadline deadline) = 0;
};

}  // namespace cloudcart::recommendation
