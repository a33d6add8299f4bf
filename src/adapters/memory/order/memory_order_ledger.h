#pragma once

#include "adapters/memory/order/memory_order_state.h"
#include "order/ports/order_ledger.h"

namespace cloudcart::order {

class MemoryOrderLedger final : public OrderLedger {
 public:
  explicit MemoryOrderLedger(MemoryOrderState& state) : state_(state) {}
  Task<Result<std::size_t>> import_orders(std::vector<ImportedOrder> orders, Deadline deadline) override;
  Task<Result<LedgerTotals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  MemoryOrderState& state_;
};

}  // namespace cloudcart::order
