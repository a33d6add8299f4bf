#pragma once

#include "http/message.h"
#include "order/app/close_missing_orders.h"

namespace cloudcart::order {

/// POST /internal/orders/settle {tenant?, ids:[0–1000]} for the product service:
/// {"data":{"orders":[{"id","status"}]}} in the order of ids; a status of null says that there is no order,
/// and that there never will be.
Task<Result<http::Response>> answer_internal_settle(CloseMissingOrders& close_missing,
                                                    http::Request& request);

}  // namespace cloudcart::order
