#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "events/event_log.h"
#include "recommendation/domain/experiment_report.h"
#include "recommendation/domain/impression.h"
#include "recommendation/domain/subject_sums.h"
#include "recommendation/ports/experiment_repository.h"
#include "runtime/task.h"

namespace cloudcart::recommendation {

/// One thing that a client says of an impression whose seal has been checked: it was seen, or a product in it
/// was clicked, which it must have been seen for.
struct FeedbackEvent {
  Impression impression;
  std::optional<ProductId> clicked;  ///< empty: it was seen
  bool operator==(const FeedbackEvent&) const = default;
};

enum class FeedbackOutcome : std::uint8_t {
  counted,
  repeated,     ///< was counted before
  expired,      ///< the impression is too old
  not_running,  ///< the experiment does not run any more
  full,         ///< the experiment has as many subjects as it may have
};
constexpr std::array all_feedback_outcomes{FeedbackOutcome::counted, FeedbackOutcome::repeated,
                                           FeedbackOutcome::expired, FeedbackOutcome::not_running,
                                           FeedbackOutcome::full};
std::string_view to_string(FeedbackOutcome outcome);

/// What is kept of a customer in one experiment.
struct Participation {
  ExperimentId experiment;
  std::string name;
  std::string variant;  ///< empty when interleaving
  SubjectSums sums;
  bool operator==(const Participation&) const = default;
};

/// What became of experiments' subjects: sums for each of them, kept as feedback and orders come.
///
/// What counts. The first impression that a subject has seen exposes it. An order counts for a customer who was
/// exposed before it and not longer ago than the attribution window: from the first impression and not the last
/// one, because how long a customer goes on coming may depend on the variant. It counts for as long as it is not
/// cancelled. Its lines of products that the customer clicked in the experiment within that window before the
/// order count as well for what clicks brought; the last click on the product says for which team.
///
/// Idempotency: an impression is seen once, and each product in it is clicked once, whoever says so however often;
/// what has been seen is remembered for as long as an impression may be reported (ExperimentBounds). Orders are
/// applied exactly once: position and effects are one transaction. Size: for each subject one row, one for each
/// product it clicked (ExperimentBounds), and one for each of its orders that counts until it can be cancelled no
/// more. Errors: unavailable, overloaded, deadline_exceeded, outcome_unknown.
class ExperimentLedger {
 public:
  virtual ~ExperimentLedger() = default;

  /// All in one transaction; an outcome for each event, in their order.
  virtual Task<Result<std::vector<FeedbackOutcome>>> record(TenantId tenant,
                                                            std::vector<FeedbackEvent> events, Timestamp now,
                                                            Deadline deadline) = 0;

  /// Up to where orders have been applied; empty before the first. After a restart it may be a little before what had
  /// been applied, as far as that had no effect.
  virtual Task<Result<std::optional<std::int64_t>>> position(Deadline deadline) = 0;
  /// See events::Consumer. Events of one order come in order of version.
  virtual Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) = 0;
  /// Where nothing has been applied yet: what comes after `position` is what is applied first.
  virtual Task<Status> begin_at(std::int64_t position, Deadline deadline) = 0;

  /// One for each variant of the plan; one in all when interleaving. Errors: not_found.
  virtual Task<Result<std::vector<VariantTally>>> tallies(TenantId tenant, ExperimentId id,
                                                          Deadline deadline) = 0;
  /// What is kept of a customer, by experiment, oldest first.
  virtual Task<Result<std::vector<Participation>>> participations(TenantId tenant, UserId user,
                                                                  Deadline deadline) = 0;
  /// Removes what is kept of a customer, and with it what it added to the sums. Answers from how many
  /// experiments. What was removed is not left in the store's own files, as far as that is in its power.
  virtual Task<Result<std::int64_t>> erase(TenantId tenant, UserId user, Deadline deadline) = 0;
  /// Removes what need not be remembered at `now`: impressions that have expired. Answers how many.
  virtual Task<Result<std::int64_t>> forget_expired(Timestamp now, Deadline deadline) = 0;
};

}  // namespace cloudcart::recommendation
