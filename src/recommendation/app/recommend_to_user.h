#pragma once

#include "core/caller.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

struct UserRecommendations {
  std::vector<RecommendedProduct> products;
  std::string_view algorithm;
};

/// What one customer may like, best first, for that customer and staff; for others the customer is not_found.
/// Who has no orders, or whose products are all unavailable, is shown what is trending.
class RecommendToUser {
 public:
  static constexpr std::string_view personal = "item_similarity";
  static constexpr std::string_view trending = "trending";

  RecommendToUser(const ModelHolder& models, Assortment& assortment)
      : models_(models), assortment_(assortment) {}
  Task<Result<UserRecommendations>> operator()(Caller caller, UserId user, std::size_t limit);

 private:
  const ModelHolder& models_;
  Assortment& assortment_;
};

}  // namespace cloudcart::recommendation
