#pragma once

#include "adapters/sqlite/product/catalogue_index.h"
#include "adapters/sqlite/store/store.h"
#include "product/ports/stock_ledger.h"

namespace cloudcart::product {

/// The stock ledger in the store "product". A history is read from the newest entry to the one before it, so a
/// page costs the same however deep; its `next` is the number of an entry.
class SqliteStockLedger final : public StockLedger {
 public:
  SqliteStockLedger(sqlite::Store& store, CatalogueIndex& index) : store_(store), index_(index) {}

  Task<Result<StockHistory>> history(TenantId tenant, ProductId product, HistoryQuery query,
                                     Deadline deadline) override;
  Task<Result<AsOf<AdjustedStock>>> adjust(TenantId tenant, StockAdjustment adjustment,
                                           std::optional<AdjustmentKey> key, Timestamp now,
                                           Deadline deadline) override;

 private:
  sqlite::Store& store_;
  CatalogueIndex& index_;
};

}  // namespace cloudcart::product
