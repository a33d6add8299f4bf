#pragma once

#include "adapters/sqlite/product/catalogue_index.h"
#include "adapters/sqlite/store/store.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Products in the store "product"; lists and searches from the index.
class SqliteProductRepository final : public ProductRepository {
 public:
  SqliteProductRepository(sqlite::Store& store, CatalogueIndex& index) : store_(store), index_(index) {}

  Task<Result<AsOf<Product>>> create(TenantId tenant, Product product, StockNote note,
                                     Deadline deadline) override;
  Task<Result<AsOf<Product>>> update(TenantId tenant, ProductId id, ProductChange change, StockNote note,
                                     Timestamp now, Deadline deadline) override;
  Task<Result<AsOf<std::vector<Product>>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                Deadline deadline) override;
  Task<Result<AsOf<ProductPage>>> list(TenantId tenant, ProductQuery query, Deadline deadline) override;
  Task<Result<AsOf<std::vector<std::string>>>> categories(TenantId tenant, Deadline deadline) override;
  Task<Result<AsOf<std::size_t>>> import_products(TenantId tenant, std::vector<Product> products,
                                                  Deadline deadline) override;

 private:
  sqlite::Store& store_;
  CatalogueIndex& index_;
};

}  // namespace cloudcart::product
