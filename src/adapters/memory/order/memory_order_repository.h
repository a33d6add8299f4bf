#pragma once

#include "adapters/memory/order/memory_order_state.h"

namespace cloudcart::order {

class MemoryOrderRepository final : public OrderRepository {
 public:
  explicit MemoryOrderRepository(MemoryOrderState& state) : state_(state) {}

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
  MemoryOrderState::KeyEntry* held_entry(const HeldKey& key);

  MemoryOrderState& state_;
};

}  // namespace cloudcart::order
