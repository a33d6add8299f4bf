#pragma once

#include "adapters/postgres/order/log_end.h"
#include "adapters/postgres/store/store.h"
#include "order/ports/order_ledger.h"

namespace cloudcart::order {

/// Over the store "order".
class PostgresOrderLedger final : public OrderLedger {
 public:
  PostgresOrderLedger(postgres::Store& store, LogEnd& end) : store_(store), end_(end) {}
  Task<Result<std::size_t>> import_orders(std::vector<ImportedOrder> orders, Deadline deadline) override;
  Task<Result<LedgerTotals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  postgres::Store& store_;
  LogEnd& end_;
};

}  // namespace cloudcart::order
