#include "adapters/memory/recommendation/memory_assortment.h"

#include <set>

namespace cloudcart::recommendation {

void MemoryAssortment::put(TenantId tenant, AssortmentProduct product) {
  const auto id = product.id;
  products_.insert_or_assign({std::move(tenant), id}, std::move(product));
}

Task<Result<std::vector<AssortmentProduct>>> MemoryAssortment::find(TenantId tenant,
                                                                    std::vector<ProductId> ids, Deadline) {
  std::vector<AssortmentProduct> found;
  for (const auto& id : std::set<ProductId>(ids.begin(), ids.end()))
    if (const auto product = products_.find({tenant, id}); product != products_.end())
      found.push_back(product->second);
  co_return found;
}

}  // namespace cloudcart::recommendation
