#pragma once

#include "adapters/postgres/store/store.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

/// Products in the store "product", which several processes may share; lists and searches by SQL.
class PostgresProductRepository final : public ProductRepository {
 public:
  /// Sees to it that change numbers go on upwards. Throws std::runtime_error with a sentence for the operator.
  explicit PostgresProductRepository(postgres::Store& store);

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
  postgres::Store& store_;
};

}  // namespace cloudcart::product
