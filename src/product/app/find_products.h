#pragma once

#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Summaries of many products at once, inactive ones included, each once; unknown ids are left out. In no
/// particular order.
class FindProducts {
 public:
  FindProducts(ProductRepository& products, CatalogueCache& cache) : products_(products), cache_(cache) {}

  Task<Result<std::vector<ProductSummary>>> operator()(Caller caller, std::vector<ProductId> ids);

 private:
  ProductRepository& products_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
