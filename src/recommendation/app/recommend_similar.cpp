#include "recommendation/app/recommend_similar.h"

namespace cloudcart::recommendation {

Task<Result<std::vector<RecommendedProduct>>> RecommendSimilar::operator()(Caller caller, ProductId product,
                                                                           std::size_t limit) {
  const std::vector asked{product};
  CLOUDCART_CO_TRY(const auto known, co_await assortment_.find(caller.tenant, asked, caller.deadline));
  if (known.empty()) co_return fail(Error::not_found("Product"));
  auto candidates =
      models_.model_of(caller.tenant)
          ->recommend({.task = TaskKind::product_page, .products = {product}, .limit = max_candidates})
          .products;
  co_return co_await recommend_available(assortment_, caller.tenant, std::move(candidates), limit,
                                         caller.deadline);
}

}  // namespace cloudcart::recommendation
