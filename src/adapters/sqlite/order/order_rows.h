#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "order/domain/order.h"

namespace cloudcart::order::rows {

/// An event with its JSON, which is made before the job gets to the only writer thread.
struct OutboxEntry {
  TenantId tenant;
  OrderId order_id;
  std::int64_t version = 0;
  std::string json;
};
OutboxEntry outbox_entry(const events::OrderEvent& event);

/// Order and lines. False when there is an order of this id; then nothing is written.
bool insert(sqlite::Connection& connection, const Order& order);
void append(sqlite::Connection& connection, const OutboxEntry& entry);

/// The columns of orders that read_order() takes, in its order.
inline constexpr std::string_view order_columns =
    "id, user_id, kind, status, payment_status, total, currency, shipping_address, created_at, updated_at, "
    "cancelled_at, version";
/// The order of the row, without lines.
Order read_order(const sqlite::Statement& row, const TenantId& tenant);
std::vector<OrderLine> read_lines(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id);
/// An event of the outbox; internal when it is not one.
Result<events::OrderEvent> read_event(const sqlite::Statement& row, int column);

}  // namespace cloudcart::order::rows
