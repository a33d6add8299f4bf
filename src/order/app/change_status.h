#pragma once

#include "order/app/transition_order.h"

namespace cloudcart::order {

/// Staff move an order on; the route lets nobody else in. Errors: not_found, invalid_transition, conflict.
class ChangeStatus {
 public:
  explicit ChangeStatus(TransitionOrder transition) : transition_(transition) {}
  Task<Result<Order>> operator()(Caller caller, OrderId order_id, OrderStatus next) {
    return transition_(std::move(caller), order_id,
                       [next](Order& order, Timestamp now) { return order.move_to(next, now); });
  }

 private:
  TransitionOrder transition_;
};

}  // namespace cloudcart::order
