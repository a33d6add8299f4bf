#pragma once

#include "order/app/visible_order.h"

namespace cloudcart::order {

/// Every event of an order, oldest first. Errors: not_found, also for another's order.
class OrderHistory {
 public:
  explicit OrderHistory(OrderRepository& orders) : orders_(orders) {}
  Task<Result<std::vector<events::OrderEvent>>> operator()(Caller caller, OrderId order_id);

 private:
  OrderRepository& orders_;
};

}  // namespace cloudcart::order
