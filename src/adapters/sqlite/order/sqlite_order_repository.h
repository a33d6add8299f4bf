#pragma once

#include "adapters/sqlite/order/claim_table.h"
#include "adapters/sqlite/order/key_filter.h"
#include "adapters/sqlite/order/outbox_tail.h"
#include "adapters/sqlite/store/store.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// Over the store "order". Only one process can have the store open, so that claims need not be stored: one of a
/// process that is gone is as if it had never been made, and the stock that it may hold goes back as that of any
/// order that never came.
class SqliteOrderRepository final : public OrderRepository {
 public:
  /// Reads which keys are stored, unless the store is only read.
  SqliteOrderRepository(sqlite::Store& store, OutboxTail& tail);

  Task<Result<BoundKey>> claim_key(ClaimRequest request, Deadline deadline) override;
  Task<Result<bool>> drop_claim(HeldKey key, Deadline deadline) override;
  Task<Status> create(NewOrder order, Deadline deadline) override;
  Task<Result<OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                            Deadline deadline) override;
  Task<Status> save_transition(Order order, std::int64_t expected_version, events::OrderEvent event,
                               Deadline deadline) override;
  Task<Result<std::optional<Order>>> find(TenantId tenant, OrderId order_id, Deadline deadline) override;
  Task<Result<OrderPage>> list(TenantId tenant, OrderQuery query, Deadline deadline) override;
  Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId order_id,
                                                          Deadline deadline) override;

 private:
  /// Runs `job` (Connection& → Status) and, if it succeeded, appends `event` in the same transaction.
  template <class Job>
  Task<Status> write_and_tell(events::OrderEvent event, Deadline deadline, Job job);

  sqlite::Store& store_;
  OutboxTail& tail_;
  ClaimTable claims_;
  KeyFilter stored_keys_{key_lifetime};
};

}  // namespace cloudcart::order
