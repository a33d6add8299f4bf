#pragma once

#include "adapters/postgres/store/store.h"
#include "product/ports/stock_ledger.h"

namespace cloudcart::product {

/// The stock ledger in the store "product". A history is read by the sequences of its entries, so a page costs the same
/// however deep; its `next` is the sequence of an entry.
class PostgresStockLedger final : public StockLedger {
 public:
  explicit PostgresStockLedger(postgres::Store& store) : store_(store) {}

  Task<Result<StockHistory>> history(TenantId tenant, ProductId product, HistoryQuery query,
                                     Deadline deadline) override;
  Task<Result<AsOf<AdjustedStock>>> adjust(TenantId tenant, StockAdjustment adjustment,
                                           std::optional<AdjustmentKey> key, Timestamp now,
                                           Deadline deadline) override;

 private:
  postgres::Store& store_;
};

}  // namespace cloudcart::product
