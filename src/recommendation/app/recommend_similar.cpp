#include "recommendation/app/recommend_similar.h"

namespace cloudcart::recommendation {

Task<Result<Answer>> RecommendSimilar::operator()(Caller caller, ProductId product, Wishes wishes) {
  std::vector<ProductId> products{product};
  Question question{.task = TaskKind::product_page, .products = products};
  co_return co_await answer_(std::move(caller), std::move(question), std::move(wishes), std::move(products));
}

}  // namespace cloudcart::recommendation
