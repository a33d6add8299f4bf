#pragma once

#include "privacy/erased_customers.h"
#include "privacy/erasure_follower.h"
#include "recommendation/app/recommendation_app.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// The analytics service's part of erasing a customer: no model knows the person any more, nor does its snapshot, and
/// experiments have nothing of it. Figures stay as they are: they have the customer's id only, which leads to nobody.
class EraseCustomer final : public privacy::ErasureHandler {
 public:
  /// `erased` is what the models and the feedback of this process go by. `settling`: so long after being erased a customer
  /// may still be answered somewhere.
  EraseCustomer(privacy::ErasedCustomers& erased, RecommendationApp& recommendations,
                ExperimentLedger& ledger, const Clock& clock, milliseconds settling)
      : erased_(erased),
        recommendations_(recommendations),
        ledger_(ledger),
        oldest_(clock.now() - settling - ExperimentBounds{}.impression_life) {}

  bool remembers() const override { return true; }
  /// What this process has counted for them before it knew is erased as well, for whoever has erased it in the shared
  /// store may have done so earlier.
  Task<Status> learn(std::vector<privacy::Erasure> erasures) override;
  Task<Result<privacy::Erased>> erase(privacy::Erasure erasure, Deadline deadline) override;

 private:
  Task<Status> erase_feedback(std::vector<privacy::Erasure> erasures);

  privacy::ErasedCustomers& erased_;
  RecommendationApp& recommendations_;
  ExperimentLedger& ledger_;
  const Timestamp oldest_;   ///< of earlier erasures no impression was left when this process began
  std::int64_t learnt_ = 0;  ///< the highest seq
  std::int64_t saved_ = 0;   ///< likewise, of those that no snapshot of this process knows any more
};

}  // namespace cloudcart::recommendation
