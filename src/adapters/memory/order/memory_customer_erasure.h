#pragma once

#include "adapters/memory/order/memory_order_state.h"
#include "order/ports/customer_erasure.h"

namespace cloudcart::order {

class MemoryCustomerErasure final : public CustomerErasure {
 public:
  explicit MemoryCustomerErasure(MemoryOrderState& state) : state_(state) {}
  Task<Result<std::int64_t>> erase(TenantId tenant, UserId customer, Deadline) override {
    std::int64_t open = 0;
    for (auto& [key, order] : state_.orders) {
      if (key.first != tenant || order.user_id != customer) continue;
      if (is_final(order.status))
        order.shipping_address.clear();
      else
        ++open;
    }
    std::erase_if(state_.keys, [&](const auto& entry) {
      return entry.first.tenant == tenant && entry.first.user == customer;
    });
    co_return open;
  }

 private:
  MemoryOrderState& state_;
};

}  // namespace cloudcart::order
