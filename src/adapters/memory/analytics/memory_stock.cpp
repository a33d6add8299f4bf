#include "adapters/memory/analytics/memory_stock.h"

#include <set>

namespace cloudcart::analytics {

void MemoryStock::put(TenantId tenant, ProductStock stock) {
  const auto id = stock.product;
  products_.insert_or_assign({std::move(tenant), id}, std::move(stock));
}

Task<Result<std::vector<ProductStock>>> MemoryStock::find(TenantId tenant, std::vector<ProductId> ids,
                                                          Deadline) {
  std::vector<ProductStock> found;
  for (const auto& id : std::set<ProductId>(ids.begin(), ids.end()))
    if (const auto product = products_.find({tenant, id}); product != products_.end())
      found.push_back(product->second);
  co_return found;
}

}  // namespace cloudcart::analytics
