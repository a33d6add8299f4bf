#pragma once

#include "core/clock.h"
#include "order/ports/customer_erasure.h"
#include "privacy/erasure_follower.h"

namespace cloudcart::order {

/// The order service's part of erasing a customer. Done once no order is open any more, and every request that was under
/// way with the account's tokens must have ended: what it placed is erased as well.
class EraseCustomer final : public privacy::ErasureHandler {
 public:
  /// `settling`: so long after an account was erased its tokens may still be taken somewhere.
  EraseCustomer(CustomerErasure& orders, const Clock& clock, milliseconds settling)
      : orders_(orders), clock_(clock), settling_(settling) {}

  Task<Result<privacy::Erased>> erase(privacy::Erasure erasure, Deadline deadline) override {
    const bool is_settled = clock_.now() >= erasure.requested_at + settling_;
    CLOUDCART_CO_TRY(const auto open, co_await orders_.erase(erasure.tenant, erasure.user, deadline));
    co_return privacy::Erased{.is_done = is_settled && open == 0, .open_orders = open};
  }

 private:
  CustomerErasure& orders_;
  const Clock& clock_;
  const milliseconds settling_;
};

}  // namespace cloudcart::order
