#pragma once

#include "order/app/visible_order.h"

namespace cloudcart::order {

/// Errors: not_found, also for another's order.
class GetOrder {
 public:
  explicit GetOrder(OrderRepository& orders) : orders_(orders) {}
  Task<Result<Order>> operator()(Caller caller, OrderId order_id) {
    return visible_order(orders_, std::move(caller), order_id);
  }

 private:
  OrderRepository& orders_;
};

}  // namespace cloudcart::order
