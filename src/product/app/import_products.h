#pragma once

#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Adds products from elsewhere with their own ids and times, skipping those that are there; answers how many
/// were new. All or nothing, idempotent. Errors: conflict when a sku is taken by another product.
class ImportProducts {
 public:
  ImportProducts(ProductRepository& products, CatalogueCache& cache) : products_(products), cache_(cache) {}

  Task<Result<std::size_t>> operator()(Caller caller, std::vector<Product> products);

 private:
  ProductRepository& products_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
