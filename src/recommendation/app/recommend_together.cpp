#include "recommendation/app/recommend_together.h"

#include <algorithm>
#include <ranges>

namespace cloudcart::recommendation {

Task<Result<Answer>> RecommendTogether::with_basket(Caller caller, std::vector<ProductId> products,
                                                    Wishes wishes) {
  std::ranges::sort(products);
  const auto repeated = std::ranges::unique(products);
  products.erase(repeated.begin(), repeated.end());
  Question question{.task = TaskKind::basket, .products = std::move(products)};
  co_return co_await answer_(std::move(caller), std::move(question), std::move(wishes));
}

Task<Result<Answer>> RecommendTogether::with_session(Caller caller, std::vector<ProductId> viewed,
                                                     Wishes wishes) {
  Question question{.task = TaskKind::basket};
  for (const auto& product : std::views::reverse(viewed)) {
    if (std::ranges::find(question.products, product) != question.products.end()) continue;
    if (question.products.size() < viewed_that_count)
      question.products.push_back(product);
    else
      wishes.exclude.push_back(product);
  }
  co_return co_await answer_(std::move(caller), std::move(question), std::move(wishes));
}

}  // namespace cloudcart::recommendation
