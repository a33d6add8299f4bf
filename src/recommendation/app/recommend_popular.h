#pragma once

#include <unordered_map>

#include "recommendation/app/answer_question.h"

namespace cloudcart::recommendation {

struct PopularAnswer {
  struct Entry {
    RecommendedProduct recommended;
    Popularity sold;
  };
  std::vector<Entry> products;
  std::int64_t model_version = 0;  ///< 0 before the first training
};

/// What sells, most units first.
class RecommendPopular {
 public:
  RecommendPopular(const ModelHolder& models, Assortment& assortment)
      : models_(models), assortment_(assortment) {}
  Task<Result<PopularAnswer>> operator()(Caller caller, Wishes wishes);

 private:
  using Sold = std::unordered_map<ProductId, Popularity>;
  static Task<Result<Sold>> pick(const Model& model, const Wishes& wishes, ProductPicker& picker);

  const ModelHolder& models_;
  Assortment& assortment_;
};

}  // namespace cloudcart::recommendation
