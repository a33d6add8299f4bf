#pragma once

#include <cstdint>
#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::events {

/// How far the log has been published.
struct RelayState {
  std::int64_t position = 0;  ///< everything up to it has been published; 0: nothing
  std::int64_t edition = 1;   ///< counts how often publishing has begun at the beginning of the log
  std::string mark;           ///< what the publisher finds again by what it published last; empty: nothing
  bool operator==(const RelayState&) const = default;
};

struct RelayLease {
  bool held = false;  ///< by who asks
  RelayState state;
};

/// The relay's state, kept with the log, and the lease by which one process at a time publishes.
///
/// Leases end by the clock of the store. Writes are fenced: who has lost the lease changes nothing. Errors: unavailable,
/// deadline_exceeded, outcome_unknown; each call may be repeated.
class RelayProgress {
 public:
  virtual ~RelayProgress() = default;
  /// Takes the lease when nobody has it, renews it when `holder` has it; tells the state in any case.
  virtual Task<Result<RelayLease>> hold(std::string holder, milliseconds lease, Deadline deadline) = 0;
  /// Stores `state` and renews the lease. False, and nothing is stored, when another has the lease or publishing has
  /// started over since: `state.edition` is of the past.
  virtual Task<Result<bool>> advance(std::string holder, milliseconds lease, RelayState state,
                                     Deadline deadline) = 0;
  /// Gives up the lease, if `holder` has it.
  virtual Task<Status> release(std::string holder, Deadline deadline) = 0;
  /// The next edition: everything is to be published again from the beginning. For anybody, whoever has the lease. Answers
  /// the new state.
  virtual Task<Result<RelayState>> start_over(Deadline deadline) = 0;
};

}  // namespace cloudcart::events
