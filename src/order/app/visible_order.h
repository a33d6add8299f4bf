#pragma once

#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// The order, if there is one and the caller is its owner or staff. Otherwise not_found: whether another's
/// order exists is not told.
Task<Result<Order>> visible_order(OrderRepository& orders, Caller caller, OrderId order_id);

}  // namespace cloudcart::order
