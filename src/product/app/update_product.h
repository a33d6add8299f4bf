#pragma once

#include "core/clock.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Edits a product. Setting inventory_count sets what is available; what orders hold stays theirs.
/// Errors: not_found; conflict when the sku is taken.
class UpdateProduct {
 public:
  UpdateProduct(ProductRepository& products, CatalogueCache& cache, const Clock& clock)
      : products_(products), cache_(cache), clock_(clock) {}

  Task<Result<Product>> operator()(Caller caller, ProductId id, ProductChange change);

 private:
  ProductRepository& products_;
  CatalogueCache& cache_;
  const Clock& clock_;
};

}  // namespace cloudcart::product
