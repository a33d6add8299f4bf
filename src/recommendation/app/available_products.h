#pragma once

#include <string>
#include <vector>

#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

/// How many candidates a model is asked for, so that enough are left when some cannot be bought. The bound of
/// the work for one answer: with more unavailable products than this in a row, an answer may come out short.
constexpr std::size_t max_candidates = 1000;

struct AvailableProduct {
  std::size_t candidate;  ///< place among the candidates
  std::string name;
};

/// The first `limit` of `candidates` that can be bought now, in their order. Looks up only as many as it
/// takes.
Task<Result<std::vector<AvailableProduct>>> first_available(Assortment& assortment, TenantId tenant,
                                                            std::vector<ProductId> candidates,
                                                            std::size_t limit, Deadline deadline);

}  // namespace cloudcart::recommendation
