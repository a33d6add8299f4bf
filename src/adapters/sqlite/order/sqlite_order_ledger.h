#pragma once

#include "adapters/sqlite/order/outbox_tail.h"
#include "adapters/sqlite/store/store.h"
#include "order/ports/order_ledger.h"

namespace cloudcart::order {

/// Over the store "order".
class SqliteOrderLedger final : public OrderLedger {
 public:
  SqliteOrderLedger(sqlite::Store& store, OutboxTail& tail) : store_(store), tail_(tail) {}
  Task<Result<std::size_t>> import_orders(std::vector<ImportedOrder> orders, Deadline deadline) override;
  Task<Result<LedgerTotals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  sqlite::Store& store_;
  OutboxTail& tail_;
};

}  // namespace cloudcart::order
