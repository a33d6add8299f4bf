#include "recommendation/app/recommend_popular.h"

#include "recommendation/app/available_products.h"

namespace cloudcart::recommendation {

Task<Result<std::vector<RecommendedPopularProduct>>> RecommendPopular::operator()(Caller caller,
                                                                                  std::size_t limit) {
  const auto candidates = models_.model_of(caller.tenant)->popular(max_candidates);
  std::vector<ProductId> ids;
  ids.reserve(candidates.size());
  for (const auto& candidate : candidates) ids.push_back(candidate.product);
  CLOUDCART_CO_TRY(auto available, co_await first_available(assortment_, caller.tenant, std::move(ids), limit,
                                                            caller.deadline));
  std::vector<RecommendedPopularProduct> answer;
  answer.reserve(available.size());
  for (auto& [place, name] : available)
    answer.push_back({candidates[place].product, std::move(name), candidates[place].sold});
  co_return answer;
}

}  // namespace cloudcart::recommendation
