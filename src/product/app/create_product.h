#pragma once

#include "core/clock.h"
#include "core/id_generator.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Adds a product to the catalogue. Errors: conflict when the sku is taken.
class CreateProduct {
 public:
  CreateProduct(ProductRepository& products, CatalogueCache& cache, const Clock& clock, IdGenerator& ids)
      : products_(products), cache_(cache), clock_(clock), ids_(ids) {}

  /// The draft's id, times and is_active are set here.
  Task<Result<Product>> operator()(Caller caller, Product draft);

 private:
  ProductRepository& products_;
  CatalogueCache& cache_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace cloudcart::product
