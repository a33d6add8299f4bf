#pragma once

#include <map>
#include <utility>

#include "analytics/ports/stock.h"

namespace cloudcart::analytics {

class MemoryStock final : public Stock {
 public:
  /// Adds a product, or replaces the one with its id.
  void put(TenantId tenant, ProductStock stock);
  Task<Result<std::vector<ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                               Deadline deadline) override;

 private:
  std::map<std::pair<TenantId, ProductId>, ProductStock> products_;
};

}  // namespace cloudcart::analytics
