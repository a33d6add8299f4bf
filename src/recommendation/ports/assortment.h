#pragma once

#include <string>
#include <vector>

#include "core/caller.h"
#include "core/money.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::recommendation {

/// What a recommendation needs to know of a product.
struct AssortmentProduct {
  ProductId id;
  std::string name;
  std::string category;
  bool is_active = false;
  bool in_stock = false;
  Money price;

  bool can_be_bought() const { return is_active && in_stock; }
  bool operator==(const AssortmentProduct&) const = default;
};

/// The shop's products as they are now; an adapter that asks another process may answer what was so a moment
/// ago, and says how long that is.
///
/// A read without effects. Unknown ids, and those of other tenants, are left out of the answer, inactive and
/// sold-out products are not; an id that is asked twice is answered once. The answer's order is not
/// specified. Errors: unavailable, overloaded, deadline_exceeded.
class Assortment {
 public:
  /// The most ids of one call.
  static constexpr std::size_t max_lookup = 100;

  virtual ~Assortment() = default;
  virtual Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                            Deadline deadline) = 0;
};

}  // namespace cloudcart::recommendation
