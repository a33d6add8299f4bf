#pragma once

#include <vector>

#include "events/event_log.h"
#include "http/router.h"
#include "order/app/order_app.h"

namespace cloudcart::order {

/// The order service's part of the contract, and for the platform's other processes its event log and what
/// became of orders. Both arguments must outlive the routes.
std::vector<http::Route> order_routes(OrderApp& app, events::EventLog& log);

}  // namespace cloudcart::order
