#pragma once

#include "product/app/catalogue_cache.h"
#include "product/domain/product_query.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// A page of the active products, as the text that is sent.
class ListProducts {
 public:
  /// Makes the text; the same for every call, as it is kept.
  using Render = std::string (*)(const ProductQuery&, const ProductPage&);

  ListProducts(ProductRepository& products, CatalogueCache& cache) : products_(products), cache_(cache) {}

  Task<Result<std::string>> operator()(Caller caller, ProductQuery query, Render render);

 private:
  Task<Result<AsOf<std::string>>> load(TenantId tenant, ProductQuery query, Render render, Deadline deadline);

  ProductRepository& products_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
