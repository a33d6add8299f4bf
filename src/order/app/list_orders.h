#pragma once

#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// All orders of the shop, newest first, for staff; the route lets nobody else in.
class ListOrders {
 public:
  explicit ListOrders(OrderRepository& orders) : orders_(orders) {}
  Task<Result<OrderPage>> operator()(Caller caller, OrderQuery query) {
    return orders_.list(std::move(caller.tenant), std::move(query), caller.deadline);
  }

 private:
  OrderRepository& orders_;
};

/// The orders of one account, for itself and for staff; empty for an account without any. Errors: not_found
/// for everybody else.
class ListUserOrders {
 public:
  explicit ListUserOrders(OrderRepository& orders) : orders_(orders) {}
  Task<Result<OrderPage>> operator()(Caller caller, UserId user_id, OrderQuery query);

 private:
  OrderRepository& orders_;
};

}  // namespace cloudcart::order
