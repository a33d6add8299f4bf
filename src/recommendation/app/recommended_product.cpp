#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

Task<Result<std::vector<RecommendedProduct>>> recommend_available(Assortment& assortment, TenantId tenant,
                                                                  std::vector<Recommendation> candidates,
                                                                  std::size_t limit, Deadline deadline) {
  std::vector<ProductId> ids;
  ids.reserve(candidates.size());
  for (const auto& candidate : candidates) ids.push_back(candidate.product);
  CLOUDCART_CO_TRY(auto available,
                   co_await first_available(assortment, std::move(tenant), std::move(ids), limit, deadline));
  std::vector<RecommendedProduct> answer;
  answer.reserve(available.size());
  for (auto& [place, name] : available)
    answer.push_back({candidates[place].product, std::move(name), candidates[place].score});
  co_return answer;
}

}  // namespace cloudcart::recommendation
