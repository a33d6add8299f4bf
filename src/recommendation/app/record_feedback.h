#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "privacy/erased_customers.h"
#include "recommendation/app/experiment_choice.h"
#include "recommendation/app/feedback_limiter.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// What a client says: an impression, as the answer had it, was seen, or a product in it was clicked.
struct ClientFeedback {
  std::string impression;
  std::optional<ProductId> clicked;
};

/// Feedback from anyone. It is believed as far as the seals go: a client cannot choose its variant, nor report what
/// it was never shown, nor the same thing twice.
class RecordFeedback {
 public:
  static constexpr std::size_t max_events = 100;

  RecordFeedback(ExperimentLedger& ledger, const ExperimentChoice& choice, const Clock& clock,
                 FeedbackLimits limits, const privacy::ErasedCustomers& erased)
      : ledger_(ledger), choice_(choice), clock_(clock), limiter_(clock, limits), erased_(erased) {}

  /// An outcome for each event, in their order. Errors: validation_failed when an impression is not one of this
  /// shop's, or a product is not in it, and then nothing is counted; rate_limited.
  Task<Result<std::vector<FeedbackOutcome>>> operator()(Caller caller, std::string address,
                                                        std::vector<ClientFeedback> feedback);

  /// Events since the start that ended so.
  std::int64_t count_of(FeedbackOutcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

 private:
  Result<std::vector<FeedbackEvent>> open(const TenantId& tenant,
                                          const std::vector<ClientFeedback>& feedback) const;

  bool is_of_erased(const TenantId& tenant, const FeedbackEvent& event) const;

  ExperimentLedger& ledger_;
  const ExperimentChoice& choice_;
  const Clock& clock_;
  FeedbackLimiter limiter_;
  const privacy::ErasedCustomers& erased_;  ///< what comes late of one of them has expired
  std::array<std::atomic<std::int64_t>, all_feedback_outcomes.size()> counts_{};
};

}  // namespace cloudcart::recommendation
