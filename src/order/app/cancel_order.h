#pragma once

#include "order/app/transition_order.h"

namespace cloudcart::order {

/// The owner, or staff for them, cancels an order that is pending or confirmed. Errors: not_found,
/// invalid_transition, conflict.
class CancelOrder {
 public:
  explicit CancelOrder(TransitionOrder transition) : transition_(transition) {}
  Task<Result<Order>> operator()(Caller caller, OrderId order_id) {
    return transition_(std::move(caller), order_id,
                       [](Order& order, Timestamp now) { return order.cancel(now); });
  }

 private:
  TransitionOrder transition_;
};

}  // namespace cloudcart::order
