#pragma once

#include "adapters/memory/product/memory_product_store.h"
#include "product/ports/product_repository.h"

namespace cloudcart::product {

class MemoryProductRepository final : public ProductRepository {
 public:
  explicit MemoryProductRepository(MemoryProductStore& store) : store_(store) {}

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
  MemoryProductStore& store_;
};

}  // namespace cloudcart::product
