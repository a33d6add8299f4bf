#pragma once

#include <vector>

#include "http/router.h"
#include "order/ports/order_ledger.h"

namespace cloudcart::order {

/// POST /internal/orders/ledger {tenant?} for analytics, which is held against it: {"data":{"position",
/// "orders_placed","orders_cancelled","credit_notes","units_ordered","units_cancelled","gross","cancelled",
/// "days":[{"date","gross","cancelled"}]}}, amounts as decimal text, days of UTC in order. It goes through every order.
std::vector<http::Route> ledger_routes(OrderLedger& ledger);

}  // namespace cloudcart::order
