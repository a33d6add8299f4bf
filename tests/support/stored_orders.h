#pragma once

#include "adapters/memory/order/memory_order_repository.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::test {

/// Orders of an order service on fakes, by number.
struct StoredOrders {
  bool place(const TenantId& tenant, std::uint32_t n) {
    auto entry = order::sample::new_order(order::sample::order(n, 1, tenant));
    return sync_wait(repository.create(std::move(entry), Deadline::max())).has_value();
  }
  void move_to(const TenantId& tenant, std::uint32_t n, OrderStatus status) {
    auto order = sync_wait(repository.find(tenant, numbered<OrderId>(n), Deadline::max())).value().value();
    const auto version = order.version;
    if (!order.move_to(status, order::sample::noon)) throw std::logic_error("no such step");
    auto event = order::sample::event(order);
    if (!sync_wait(repository.save_transition(order, version, std::move(event), Deadline::max())))
      throw std::logic_error("the order was not saved");
  }

  order::MemoryOrderState state;
  order::MemoryOrderRepository repository{state};
};

}  // namespace cloudcart::test
