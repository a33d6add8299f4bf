#include "adapters/postgres/order/order_rows.h"

#include <fmt/format.h>

#include "adapters/postgres/order/log_position.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;
using postgres::Row;
using postgres::Rows;

constexpr int count_order_columns = 12;

/// Parameters 1 to 13 are the order, 14 to 19 its lines and 20 to 26 its events. What is not `placed` has no lines and
/// no events either, so that without it nothing happens.
constexpr std::string_view insert_placed = R"(
placed AS (
  INSERT INTO orders(tenant, id, user_id, kind, status, payment_status, total, currency, shipping_address,
                     created_at, updated_at, cancelled_at, version)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 {}
  ON CONFLICT DO NOTHING RETURNING id),
lines AS (
  INSERT INTO order_line(tenant, order_id, line, product_id, product_name, category_name, quantity, price, subtotal)
  SELECT $1, $2, line, product_id, product_name, category_name, quantity, price, subtotal
  FROM placed, unnest($14, $15, $16, $17, $18, $19) WITH ORDINALITY
    AS one(product_id, product_name, category_name, quantity, price, subtotal, line)),
told AS (
  INSERT INTO order_event(position, tenant, order_id, version, event_id, status, occurred_at, traceparent, has_lines)
  SELECT )" CLOUDCART_FIRST_POSITION R"( + $20 + number - 1, $1, $2, version, event_id, status, occurred_at,
         traceparent, has_lines
  FROM placed, unnest($21, $22, $23, $24, $25, $26) WITH ORDINALITY
    AS one(version, event_id, status, occurred_at, traceparent, has_lines, number)))";

constexpr std::string_view is_closed =
    "EXISTS (SELECT FROM closed_order WHERE closed_order.tenant = $1 AND order_id = $2)";

/// One value of each, for a parameter that is an array.
template <class Range, class Read>
auto column(const Range& range, Read read) {
  std::vector<decltype(read(*std::begin(range)))> values;
  values.reserve(std::size(range));
  for (const auto& one : range) values.push_back(read(one));
  return values;
}

Query insert_order(const std::string& sql, const Order& order, std::span<const events::OrderEvent> events,
                   std::size_t events_before) {
  using Line = OrderLine;
  using Event = events::OrderEvent;
  return postgres::query(
      sql, order.tenant.value, order.id, order.user_id, to_string(order.kind), to_string(order.status),
      to_string(order.payment_status), order.total, order.currency.code(), order.shipping_address,
      order.created_at, order.updated_at, order.cancelled_at, order.version,
      column(order.lines, [](const Line& line) { return line.product_id; }),
      column(order.lines, [](const Line& line) { return line.product_name; }),
      column(order.lines, [](const Line& line) { return line.category_name; }),
      column(order.lines, [](const Line& line) { return line.quantity; }),
      column(order.lines, [](const Line& line) { return line.price.minor_units(); }),
      column(order.lines, [](const Line& line) { return line.subtotal.minor_units(); }), events_before,
      column(events, [](const Event& event) { return event.version; }),
      column(events, [](const Event& event) { return event.event_id; }),
      column(events, [](const Event& event) { return std::string{cloudcart::to_string(event.status)}; }),
      column(events, [](const Event& event) { return to_unix_ms(event.timestamp); }),
      column(events, [](const Event& event) { return event.traceparent; }),
      column(events, [](const Event& event) { return !event.lines.empty(); }));
}

Order read_order(const Row& row, const TenantId& tenant) {
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

Query import_order(const Order& order, std::span<const events::OrderEvent> events,
                   std::size_t events_before) {
  static const std::string sql =
      fmt::format("WITH {} SELECT EXISTS (SELECT FROM placed)", fmt::format(insert_placed, ""));
  return insert_order(sql, order, events, events_before);
}

Query place_order(const Order& order, const events::OrderEvent& event, const std::optional<HeldKey>& key,
                  std::size_t events_before) {
  static const std::string without_key =
      fmt::format("WITH {} SELECT EXISTS (SELECT FROM placed), true, {}",
                  fmt::format(insert_placed, fmt::format("WHERE NOT {}", is_closed)), is_closed);
  static const std::string with_key = fmt::format(
      "WITH held AS MATERIALIZED (SELECT FROM idempotency_key WHERE tenant = $1 AND user_id = $27 AND"
      " route = $28 AND key = $29 AND claim = $30 AND NOT completed FOR NO KEY UPDATE), {},"
      " finished AS (UPDATE idempotency_key SET completed = true FROM placed WHERE tenant = $1 AND"
      " user_id = $27 AND route = $28 AND key = $29)"
      " SELECT EXISTS (SELECT FROM placed), EXISTS (SELECT FROM held), {}",
      fmt::format(insert_placed, fmt::format("FROM held WHERE NOT {}", is_closed)), is_closed);
  auto query = insert_order(key ? with_key : without_key, order, {&event, 1}, events_before);
  if (key) query.params.add(key->scope.user).add(key->scope.route).add(key->scope.key.value).add(key->claim);
  return query;
}

Placed read_placed(const Rows& rows) {
  if (rows[0].boolean(0)) return Placed::yes;
  if (!rows[0].boolean(1)) return Placed::claim_lost;
  return rows[0].boolean(2) ? Placed::id_closed : Placed::id_taken;
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
