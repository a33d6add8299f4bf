#pragma once

#include "adapters/memory/product/memory_product_store.h"
#include "product/ports/stock_ledger.h"

namespace cloudcart::product {

class MemoryStockLedger final : public StockLedger {
 public:
  explicit MemoryStockLedger(MemoryProductStore& store) : store_(store) {}

  Task<Result<StockHistory>> history(TenantId tenant, ProductId product, HistoryQuery query,
                                     Deadline deadline) override;
  Task<Result<AsOf<AdjustedStock>>> adjust(TenantId tenant, StockAdjustment adjustment,
                                           std::optional<AdjustmentKey> key, Timestamp now,
                                           Deadline deadline) override;

 private:
  MemoryProductStore& store_;
};

}  // namespace cloudcart::product
