#include "product/app/find_products.h"

#include <algorithm>

namespace cloudcart::product {

Task<Result<std::vector<ProductSummary>>> FindProducts::operator()(Caller caller,
                                                                   std::vector<ProductId> ids) {
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());

  std::vector<ProductSummary> answer;
  answer.reserve(ids.size());
  std::vector<ProductId> missing;
  auto cached = co_await cache_.summaries(caller.tenant, ids, caller.deadline);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (cached[i]) {
      answer.push_back(*std::move(cached[i]));
    } else {
      missing.push_back(ids[i]);
    }
  }
  if (missing.empty()) co_return answer;

  auto found = co_await products_.find(caller.tenant, std::move(missing), caller.deadline);
  if (!found) co_return fail(std::move(found).error());
  for (const auto& product : found->value) {
    answer.push_back(summary_of(product));
    co_await cache_.keep_summary(caller.tenant, answer.back(), found->as_of, caller.deadline);
  }
  co_return answer;
}

}  // namespace cloudcart::product
