#pragma once

#include "adapters/sqlite/store/store.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Products in the store "product". Search uses SQLite's FTS5 with trigrams; terms of one or two characters,
/// which have none, are looked for in every product's text.
class SqliteProductRepository final : public ProductRepository {
 public:
  explicit SqliteProductRepository(sqlite::Store& store) : store_(store) {}

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
};

}  // namespace cloudcart::product
