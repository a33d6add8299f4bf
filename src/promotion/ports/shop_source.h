#pragma once

#include <string>

#include "promotion/ports/shop_rows.h"

namespace cloudcart::promotion {

/// A shop that nobody uses, to be moved. It is only read, and in one state.
class ShopSource : public ShopRows {
 public:
  /// Tells this shop, in the state it is in, from every other: a few sums, cheap to make. Two states that it should take for
  /// one are told apart by the comparison that ends a promotion.
  virtual Task<Result<std::string>> fingerprint(Deadline deadline) = 0;
};

}  // namespace cloudcart::promotion
