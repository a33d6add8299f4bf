#pragma once

#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// One product, as the text that is sent. An inactive one is there for staff only. Errors: not_found.
class GetProduct {
 public:
  /// Makes the text; the same for every call, as it is kept.
  using Render = std::string (*)(const Product&);

  GetProduct(ProductRepository& products, CatalogueCache& cache) : products_(products), cache_(cache) {}

  Task<Result<std::string>> operator()(Caller caller, ProductId id, Render render);

 private:
  Task<Result<AsOf<std::string>>> load(TenantId tenant, ProductId id, Render render, Deadline deadline);

  ProductRepository& products_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
