#pragma once

#include "core/caller.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

/// What is bought together with a product, closest first. The product itself may be sold out or withdrawn:
/// its page is then the better for showing others. not_found when the assortment does not know it at all.
class RecommendSimilar {
 public:
  static constexpr std::string_view algorithm = "item_similarity";

  RecommendSimilar(const ModelHolder& models, Assortment& assortment)
      : models_(models), assortment_(assortment) {}
  Task<Result<std::vector<RecommendedProduct>>> operator()(Caller caller, ProductId product,
                                                           std::size_t limit);

 private:
  const ModelHolder& models_;
  Assortment& assortment_;
};

}  // namespace cloudcart::recommendation
