#pragma once

#include "core/caller.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

struct RecommendedPopularProduct {
  ProductId id;
  std::string name;
  Popularity sold;
};

/// What sells, most units first.
class RecommendPopular {
 public:
  static constexpr std::string_view algorithm = "popularity_based";

  RecommendPopular(const ModelHolder& models, Assortment& assortment)
      : models_(models), assortment_(assortment) {}
  Task<Result<std::vector<RecommendedPopularProduct>>> operator()(Caller caller, std::size_t limit);

 private:
  const ModelHolder& models_;
  Assortment& assortment_;
};

}  // namespace cloudcart::recommendation
