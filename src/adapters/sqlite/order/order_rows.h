#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "events/event_log.h"
#include "order/columns/order_columns.h"

namespace cloudcart::order::rows {

/// Order and lines. False when there is an order of this id; then nothing is written.
bool insert(sqlite::Connection& connection, const Order& order);
/// Answers the event's position.
std::int64_t append(sqlite::Connection& connection, const events::OrderEvent& event);

std::vector<OrderLine> read_lines(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id);
/// Up to `limit` events beyond `after`, in order of position. Errors: internal when an event's order is not
/// there.
Result<std::vector<events::LogRecord>> read_log(sqlite::Connection& connection, std::int64_t after,
                                                std::size_t limit);
/// The events of one order, in order of version; empty when there is no such order.
std::vector<events::OrderEvent> read_history(sqlite::Connection& connection, const TenantId& tenant,
                                             OrderId order_id);
/// The order with its lines.
std::optional<Order> read_one(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id);

}  // namespace cloudcart::order::rows
