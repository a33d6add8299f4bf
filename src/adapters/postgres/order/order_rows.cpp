#include "adapters/postgres/order/order_rows.h"

#include <fmt/format.h>

#include "adapters/postgres/order/log_position.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;
using postgres::Row;
using postgres::Rows;

}  // namespace

std::string join_lines(std::string_view tenant, std::string_view order_id, std::string_view condition) {
  // OFFSET 0 keeps the planner, which does not know how few rows are chosen, from reading all lines instead.
  return fmt::format(
      " LEFT JOIN LATERAL (SELECT line, {} FROM order_line WHERE order_line.tenant = {} AND"
      " order_line.order_id = {} AND {} OFFSET 0) AS its_line ON true",
      line_columns, tenant, order_id, condition);
}

std::string select_orders(std::string_view chosen, std::string_view order_by) {
  return fmt::format("SELECT {}, {} FROM ({}) AS chosen{} ORDER BY {}, line", order_columns, line_columns,
                     chosen, join_lines("$1", "chosen.id", "true"), order_by);
}

std::optional<OrderLine> read_line(const Row& row, int first) {
  if (row.is_null(first)) return std::nullopt;
  return OrderLine{row.id<ProductId>(first), row.string(first + 1), row.string(first + 2),
                   row.integer(first + 3),   row.money(first + 4),  row.money(first + 5)};
}

std::vector<Order> read_orders(const Rows& rows, const TenantId& tenant) {
  std::vector<Order> orders;
  for (const auto row : rows) {
    if (orders.empty() || orders.back().id != row.id<OrderId>(0)) orders.push_back(read_order(row, tenant));
    if (auto line = read_line(row, count_order_columns)) orders.back().lines.push_back(*std::move(line));
  }
  return orders;
}

Query change_order(const Order& order, std::int64_t expected_version, const events::OrderEvent& event) {
  return postgres::query(
      "WITH moved AS (UPDATE orders SET status = $4, payment_status = $5, updated_at = $6, cancelled_at = $7,"
      " version = $8 WHERE tenant = $1 AND id = $2 AND version = $3 RETURNING id)"
      " INSERT INTO order_event(position, tenant, order_id, version, event_id, status, occurred_at,"
      " traceparent, has_lines) SELECT " CLOUDCART_FIRST_POSITION
      ", $1, $2, $9, $10, $11, $12, $13, $14 FROM moved",
      order.tenant.value, order.id, expected_version, to_string(order.status),
      to_string(order.payment_status), order.updated_at, order.cancelled_at, order.version, event.version,
      event.event_id, cloudcart::to_string(event.status), event.timestamp, event.traceparent,
      !event.lines.empty());
}

}  // namespace cloudcart::order::tables
