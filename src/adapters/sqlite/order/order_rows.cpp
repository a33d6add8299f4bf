#include "adapters/sqlite/order/order_rows.h"

namespace cloudcart::order::rows {

using sqlite::Connection;
using sqlite::Statement;

OutboxEntry outbox_entry(const events::OrderEvent& event) {
  return {event.tenant, event.order_id, event.version, events::to_json(event)};
}

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

void append(Connection& connection, const OutboxEntry& entry) {
  connection.prepare("INSERT INTO outbox(tenant, order_id, version, event) VALUES(?,?,?,?)")
      .bind_all(entry.tenant.value, entry.order_id, entry.version, entry.json)
      .run();
}

Order read_order(const Statement& row, const TenantId& tenant) {
  Order order;
  order.id = row.id<OrderId>(0);
  order.tenant = tenant;
  order.user_id = row.id<UserId>(1);
  order.kind = parse_order_kind(row.text(2)).value();
  order.status = parse_order_status(row.text(3)).value();
  order.payment_status = parse_payment_status(row.text(4)).value();
  order.total = row.money(5);
  order.currency = Currency::parse(row.text(6)).value();
  order.shipping_address = row.string(7);
  order.created_at = row.timestamp(8);
  order.updated_at = row.timestamp(9);
  if (!row.is_null(10)) order.cancelled_at = row.timestamp(10);
  order.version = row.integer(11);
  return order;
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

Result<events::OrderEvent> read_event(const Statement& row, int column) {
  auto event = events::parse_order_event(row.text(column));
  if (!event)
    return fail(ErrorCode::internal, "The event log holds what is no event: " + event.error().message);
  return event;
}

}  // namespace cloudcart::order::rows
