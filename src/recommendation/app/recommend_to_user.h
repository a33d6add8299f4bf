#pragma once

#include "core/caller.h"
#include "core/clock.h"
#include "recommendation/app/experiment_choice.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

struct UserRecommendations {
  std::vector<RecommendedProduct> products;
  std::string_view algorithm;
  /// Where the answer is part of an experiment: comes back with feedback.
  std::optional<std::string> impression;
};

/// What one customer may like, best first, for that customer and staff; for others the customer is not_found.
/// Who has no orders, or whose products are all unavailable, is shown what is trending. What customers get who ask
/// themselves may be part of an experiment.
class RecommendToUser {
 public:
  static constexpr std::string_view personal = "item_similarity";
  static constexpr std::string_view trending = "trending";

  RecommendToUser(const ModelHolder& models, Assortment& assortment, const ExperimentChoice& experiments,
                  const Clock& clock)
      : models_(models), assortment_(assortment), experiments_(experiments), clock_(clock) {}
  Task<Result<UserRecommendations>> operator()(Caller caller, UserId user, std::size_t limit);

 private:
  Task<Result<UserRecommendations>> try_out(Caller caller, ChosenVariant chosen, std::size_t limit);

  const ModelHolder& models_;
  Assortment& assortment_;
  const ExperimentChoice& experiments_;
  const Clock& clock_;
};

}  // namespace cloudcart::recommendation
