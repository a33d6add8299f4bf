#pragma once

#include "product/app/catalogue_cache.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// The categories of the active products in alphabetical order, as the text that is sent.
class ListCategories {
 public:
  /// Makes the text; the same for every call, as it is kept.
  using Render = std::string (*)(const std::vector<std::string>&);

  ListCategories(ProductRepository& products, CatalogueCache& cache) : products_(products), cache_(cache) {}

  Task<Result<std::string>> operator()(Caller caller, Render render);

 private:
  Task<Result<AsOf<std::string>>> load(TenantId tenant, Render render, Deadline deadline);

  ProductRepository& products_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
