#pragma once

#include <string>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "product/domain/product.h"
#include "product/domain/product_query.h"
#include "product/domain/stock.h"
#include "product/ports/as_of.h"
#include "runtime/task.h"

namespace cloudcart::product {

/// The shops' products.
///
/// Ordering: a write that has answered is seen by every later read.
/// Atomicity: each write is whole or not at all, the entry of the stock ledger that belongs to it included.
/// Errors: conflict (the sku is another product's), not_found, unavailable, overloaded, deadline_exceeded,
/// outcome_unknown.
class ProductRepository {
 public:
  virtual ~ProductRepository() = default;
  /// Adds a product with its initial stock; `note` goes into the ledger with it.
  virtual Task<Result<AsOf<Product>>> create(TenantId tenant, Product product, StockNote note,
                                             Deadline deadline) = 0;
  /// Reads, changes and stores in one step; answers the product after it. Idempotent: a change that changes
  /// nothing stores nothing. `note` goes into the ledger when the count changes.
  virtual Task<Result<AsOf<Product>>> update(TenantId tenant, ProductId id, ProductChange change,
                                             StockNote note, Timestamp now, Deadline deadline) = 0;
  /// Those that exist, inactive ones included, in the order of `ids`.
  virtual Task<Result<AsOf<std::vector<Product>>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                        Deadline deadline) = 0;
  /// Active products only.
  virtual Task<Result<AsOf<ProductPage>>> list(TenantId tenant, ProductQuery query, Deadline deadline) = 0;
  /// The categories of active products, each once, in no particular order.
  virtual Task<Result<AsOf<std::vector<std::string>>>> categories(TenantId tenant, Deadline deadline) = 0;
  /// Adds those whose id is not there yet, with their initial stock, and answers how many. Idempotent.
  virtual Task<Result<AsOf<std::size_t>>> import_products(TenantId tenant, std::vector<Product> products,
                                                          Deadline deadline) = 0;
};

}  // namespace cloudcart::product
