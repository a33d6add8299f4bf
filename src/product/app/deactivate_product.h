#pragma once

#include "product/app/update_product.h"

namespace cloudcart::product {

/// Takes a product out of the catalogue. Nothing is erased, so that orders that hold it stay whole.
/// Idempotent. Errors: not_found.
class DeactivateProduct {
 public:
  explicit DeactivateProduct(UpdateProduct& update) : update_(update) {}

  Task<Result<Product>> operator()(Caller caller, ProductId id);

 private:
  UpdateProduct& update_;
};

}  // namespace cloudcart::product
