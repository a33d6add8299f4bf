#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// How much of a product can be sold now.
struct ProductStock {
  ProductId product;
  std::string name;
  std::int64_t available = 0;
  bool is_active = false;

  bool operator==(const ProductStock&) const = default;
};

/// What the shop has, as the product service knows it.
///
/// A read without effects. Unknown ids, and those of other tenants, are left out of the answer, inactive and
/// sold-out products are not; an id that is asked twice is answered once. The answer's order is not
/// specified. Errors: unavailable, overloaded, deadline_exceeded.
class Stock {
 public:
  /// The most ids of one call.
  static constexpr std::size_t max_lookup = 100;

  virtual ~Stock() = default;
  virtual Task<Result<std::vector<ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                       Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
