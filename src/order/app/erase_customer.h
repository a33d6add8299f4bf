#pragma once

#include "order/ports/customer_erasure.h"
#include "privacy/erasure_follower.h"

namespace cloudcart::order {

/// The order service's part of erasing a customer. Done once no order is open any more.
class EraseCustomer final : public privacy::ErasureHandler {
 public:
  explicit EraseCustomer(CustomerErasure& orders) : orders_(orders) {}

  Task<Result<privacy::Erased>> erase(privacy::Erasure erasure, Deadline deadline) override {
    CLOUDCART_CO_TRY(const auto open, co_await orders_.erase(erasure.tenant, erasure.user, deadline));
    co_return privacy::Erased{.is_done = open == 0, .open_orders = open};
  }

 private:
  CustomerErasure& orders_;
};

}  // namespace cloudcart::order
