#pragma once

#include <string>
#include <vector>

#include "recommendation/app/available_products.h"
#include "recommendation/domain/model.h"

namespace cloudcart::recommendation {

struct RecommendedProduct {
  ProductId id;
  std::string name;
  double score = 0;
};

/// The first `limit` of `candidates` that can be bought now, with their names.
Task<Result<std::vector<RecommendedProduct>>> recommend_available(Assortment& assortment, TenantId tenant,
                                                                  std::vector<Recommendation> candidates,
                                                                  std::size_t limit, Deadline deadline);

}  // namespace cloudcart::recommendation
