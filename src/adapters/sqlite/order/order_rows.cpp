#include "adapters/sqlite/order/order_rows.h"

#include <fmt/format.h>

namespace cloudcart::order::rows {

using sqlite::Connection;
using sqlite::Statement;

bool insert(Connection& connection, const Order& order) {
  connection
      .prepare(
          "INSERT INTO orders(tenant, id, user_id, kind, status, payment_status, total, currency, "
          "shipping_address, "
          "created_at, updated_at, cancelled_at, version) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO "
          "NOTHING")
      .bind_all(order.tenant.value, order.id, order.user_id, to_string(order.kind), to_string(order.status),
                to_string(order.payment_status), order.total, order.currency.code(), order.shipping_address,
                order.created_at, order.updated_at, order.cancelled_at, order.version)
      .run();
  if (connection.changes() == 0) return false;

  auto statement = connection.prepare(
      "INSERT INTO order_line(tenant, order_id, line, product_id, product_name, category_name, quantity, "
      "price, "
      "subtotal) VALUES(?,?,?,?,?,?,?,?,?)");
  int number = 0;
  for (const auto& line : order.lines) {
    statement.reset();
    statement
        .bind_all(order.tenant.value, order.id, number++, line.product_id, line.product_name,
                  line.category_name, line.quantity, line.price, line.subtotal)
        .run();
  }
  return true;
}

std::int64_t append(Connection& connection, const events::OrderEvent& event) {
  connection
      .prepare(
          "INSERT INTO outbox(tenant, order_id, version, event_id, status, occurred_at, traceparent) "
          "VALUES(?,?,?,?,?,?,?)")
      .bind_all(event.tenant.value, event.order_id, event.version, event.event_id,
                cloudcart::to_string(event.status), event.timestamp, event.traceparent)
      .run();
  return connection.last_insert_rowid();
}

std::vector<OrderLine> read_lines(Connection& connection, const TenantId& tenant, OrderId order_id) {
  auto row = connection.prepare(
      "SELECT product_id, product_name, category_name, quantity, price, subtotal FROM order_line "
      "WHERE tenant = ? AND order_id = ? ORDER BY line");
  row.bind_all(tenant.value, order_id);
  std::vector<OrderLine> lines;
  while (row.step())
    lines.push_back(
        {row.id<ProductId>(0), row.string(1), row.string(2), row.integer(3), row.money(4), row.money(5)});
  return lines;
}

std::optional<Order> read_one(Connection& connection, const TenantId& tenant, OrderId order_id) {
  static const std::string sql =
      fmt::format("SELECT {} FROM orders WHERE tenant = ? AND id = ?", order_columns);
  auto row = connection.prepare(sql);
  row.bind_all(tenant.value, order_id);
  if (!row.step()) return std::nullopt;
  auto order = read_order(row, tenant);
  order.lines = read_lines(connection, tenant, order_id);
  return order;
}

namespace {

/// The columns of outbox that tell_event() takes, from column `first` on.
constexpr std::string_view event_columns =
    "outbox.version, outbox.event_id, outbox.status, outbox.occurred_at, outbox.traceparent";

/// The event that the row tells of `order`, whose version, status and time become those of the event.
events::OrderEvent tell_event(Connection& connection, const Statement& row, int first, Order& order) {
  order.version = row.integer(first);
  order.status = parse_order_status(row.text(first + 2)).value();
  order.updated_at = row.timestamp(first + 3);
  if (order.lines.empty() && event_tells_lines(order))
    order.lines = read_lines(connection, order.tenant, order.id);
  return event_of(order, row.id<EventId>(first + 1), row.string(first + 4));
}

}  // namespace

Result<std::vector<events::LogRecord>> read_log(Connection& connection, std::int64_t after,
                                                std::size_t limit) {
  // Joined from the left, so that an event without its order is noticed and not skipped.
  static const std::string sql = fmt::format(
      "SELECT position, outbox.tenant, order_id, {}, user_id, kind, total, currency FROM outbox LEFT JOIN "
      "orders ON orders.tenant = outbox.tenant AND orders.id = order_id WHERE position > ? ORDER BY position "
      "LIMIT ?",
      event_columns);
  auto row = connection.prepare(sql);
  row.bind_all(after, static_cast<std::int64_t>(limit));
  std::vector<events::LogRecord> records;
  while (row.step()) {
    const auto position = row.integer(0);
    if (row.is_null(8))
      return fail(ErrorCode::internal,
                  fmt::format("Event {} of the log is of an order that is not there.", position));
    Order order;
    order.tenant = TenantId{row.string(1)};
    order.id = row.id<OrderId>(2);
    order.user_id = row.id<UserId>(8);
    order.kind = parse_order_kind(row.text(9)).value();
    order.total = row.money(10);
    order.currency = Currency::parse(row.text(11)).value();
    records.push_back({position, tell_event(connection, row, 3, order)});
  }
  return records;
}

std::vector<events::OrderEvent> read_history(Connection& connection, const TenantId& tenant,
                                             OrderId order_id) {
  static const std::string sql =
      fmt::format("SELECT {} FROM outbox WHERE tenant = ? AND order_id = ? ORDER BY version", event_columns);
  auto order = read_one(connection, tenant, order_id);
  if (!order) return {};
  auto row = connection.prepare(sql);
  row.bind_all(tenant.value, order_id);
  std::vector<events::OrderEvent> history;
  while (row.step()) history.push_back(tell_event(connection, row, 0, *order));
  return history;
}

}  // namespace cloudcart::order::rows
