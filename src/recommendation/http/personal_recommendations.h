#pragma once

#include "privacy/personal_data.h"
#include "recommendation/app/recommendation_app.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// What the recommender knows of a person, in one page: the experiments that the person is part of ({"kind":"experiment"}),
/// and what the model has learnt ({"kind":"profile"}).
class PersonalRecommendations final : public privacy::PersonalData {
 public:
  /// Without the app, which takes a platform that runs, there is no profile.
  PersonalRecommendations(ExperimentLedger& ledger, const RecommendationApp* recommendations)
      : ledger_(ledger), recommendations_(recommendations) {}
  Task<Result<privacy::PersonalDataPage>> page(TenantId tenant, UserId user, std::string after,
                                               Deadline deadline) override;

 private:
  ExperimentLedger& ledger_;
  const RecommendationApp* recommendations_;
};

}  // namespace cloudcart::recommendation
