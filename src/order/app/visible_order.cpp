#include "order/app/visible_order.h"

namespace cloudcart::order {

Task<Result<Order>> visible_order(OrderRepository& orders, Caller caller, OrderId order_id) {
  CLOUDCART_CO_TRY(auto order, co_await orders.find(caller.tenant, order_id, caller.deadline));
  if (!order || (!caller.owns(order->user_id) && !caller.is_staff()))
    co_return fail(Error::not_found("Order"));
  co_return *std::move(order);
}

}  // namespace cloudcart::order
