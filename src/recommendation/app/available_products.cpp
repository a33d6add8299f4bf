#include "recommendation/app/available_products.h"

#include <algorithm>
#include <unordered_map>

namespace cloudcart::recommendation {
namespace {

using NamesById = std::unordered_map<ProductId, std::string>;

NamesById names_of_available(std::vector<AssortmentProduct> products) {
  NamesById names;
  for (auto& product : products)
    if (product.can_be_bought()) names.emplace(product.id, std::move(product.name));
  return names;
}

}  // namespace

Task<Result<std::vector<AvailableProduct>>> first_available(Assortment& assortment, TenantId tenant,
                                                            std::vector<ProductId> candidates,
                                                            std::size_t limit, Deadline deadline) {
  std::vector<AvailableProduct> answer;
  // Most products can be bought, so the first look is for a few more than are wanted; each further one is
  // twice as far.
  std::size_t step = std::min(limit + limit / 2 + 2, Assortment::max_lookup);
  for (std::size_t from = 0; from < candidates.size() && answer.size() < limit;) {
    const auto to = std::min(from + step, candidates.size());
    const std::vector ids(candidates.begin() + static_cast<std::ptrdiff_t>(from),
                          candidates.begin() + static_cast<std::ptrdiff_t>(to));
    CLOUDCART_CO_TRY(auto found, co_await assortment.find(tenant, ids, deadline));
    const auto names = names_of_available(std::move(found));
    for (; from < to && answer.size() < limit; ++from)
      if (const auto name = names.find(candidates[from]); name != names.end())
        answer.push_back({from, name->second});
    step = std::min(step * 2, Assortment::max_lookup);
  }
  co_return answer;
}

}  // namespace cloudcart::recommendation
