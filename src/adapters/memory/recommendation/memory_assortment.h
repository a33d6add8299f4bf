#pragma once

#include <map>
#include <utility>

#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

class MemoryAssortment final : public Assortment {
 public:
  /// Adds a product, or replaces the one with its id.
  void put(TenantId tenant, AssortmentProduct product);
  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override;

 private:
  std::map<std::pair<TenantId, ProductId>, AssortmentProduct> products_;
};

}  // namespace cloudcart::recommendation
