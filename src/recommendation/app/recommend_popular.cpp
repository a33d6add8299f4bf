#include "recommendation/app/recommend_popular.h"

#include <algorithm>

#include "recommendation/app/diversify.h"

namespace cloudcart::recommendation {

Task<Result<PopularAnswer>> RecommendPopular::operator()(Caller caller, Wishes wishes) {
  const auto [model, version] = models_.in_use(caller.tenant);
  ProductPicker picker(assortment_, caller.tenant, wishes, caller.deadline);
  CLOUDCART_CO_TRY(const auto sold, co_await pick(*model, wishes, picker));
  PopularAnswer answer{.model_version = version};
  for (auto& product : diversified(std::move(picker).products(), wishes.limit, wishes.diversity)) {
    const auto id = product.product.id;
    answer.products.push_back({std::move(product), sold.at(id)});
  }
  co_return answer;
}

Task<Result<RecommendPopular::Sold>> RecommendPopular::pick(const Model& model, const Wishes& wishes,
                                                            ProductPicker& picker) {
  Sold sold;
  for (auto depth = first_depth(wishes, picker.wanted() + wishes.exclude.size());;
       depth = next_depth(depth)) {
    const auto best = model.popular(depth);
    std::vector<Recommendation> candidates;
    candidates.reserve(best.size());
    for (const auto& [product, popularity] : best) {
      if (std::ranges::find(wishes.exclude, product) != wishes.exclude.end()) continue;
      candidates.push_back(
          {product, static_cast<double>(popularity.units), {.kind = ReasonKind::popular, .because = {}}});
      sold.insert_or_assign(product, popularity);
    }
    CLOUDCART_CO_CHECK(co_await picker.take(std::move(candidates)));
    if (picker.has_enough() || best.size() < depth || depth >= max_candidates) co_return sold;
  }
}

}  // namespace cloudcart::recommendation
