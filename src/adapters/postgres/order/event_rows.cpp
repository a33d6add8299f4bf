#include "adapters/postgres/order/event_rows.h"

#include <fmt/format.h>

#include "adapters/postgres/order/log_position.h"
#include "adapters/postgres/order/order_rows.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;
using postgres::Row;
using postgres::Rows;

constexpr std::string_view event_columns =
    "position, tenant, order_id, version, event_id, status, occurred_at, traceparent, has_lines";

/// `chosen` selects event_columns. Joined from the left, so that an event without its order is noticed and not skipped.
std::string select_events(std::string_view chosen) {
  return fmt::format(
      "SELECT position, position < " CLOUDCART_LOG_HORIZON
      ", tenant, order_id, version, event_id, status, occurred_at, traceparent, user_id, kind, total,"
      " currency, {} FROM ({}) AS chosen"
      " LEFT JOIN LATERAL (SELECT user_id, kind, total, currency FROM orders WHERE"
      " orders.tenant = chosen.tenant AND orders.id = chosen.order_id OFFSET 0) AS its_order ON true{}"
      " ORDER BY position, line",
      line_columns, chosen, join_lines("chosen.tenant", "chosen.order_id", "chosen.has_lines"));
}

constexpr int first_order_column = 9, first_line_column = 13;

/// What the event tells of its order, without lines.
Order read_order(const Row& row) {
  Order order;
  order.tenant = TenantId{row.string(2)};
  order.id = row.id<OrderId>(3);
  order.version = row.integer(4);
  order.status = parse_order_status(row.text(6)).value();
  order.updated_at = row.timestamp(7);
  order.user_id = row.id<UserId>(first_order_column);
  order.kind = parse_order_kind(row.text(first_order_column + 1)).value();
  order.total = row.money(first_order_column + 2);
  order.currency = Currency::parse(row.text(first_order_column + 3)).value();
  return order;
}

}  // namespace

Query count_log(std::int64_t after, std::int64_t last, std::int64_t most) {
  return postgres::query(
      "SELECT count(*) FROM (SELECT FROM order_event WHERE position > $1 AND position <= $2 LIMIT $3) AS "
      "beyond",
      after, last, most);
}

Query select_log(std::int64_t after, std::size_t limit) {
  static const std::string sql = select_events(fmt::format(
      "SELECT {} FROM order_event WHERE position > $1 ORDER BY position LIMIT $2", event_columns));
  return postgres::query(sql, after, limit);
}

Query select_history(const TenantId& tenant, OrderId order_id) {
  static const std::string sql = select_events(
      fmt::format("SELECT {} FROM order_event WHERE tenant = $1 AND order_id = $2", event_columns));
  return postgres::query(sql, tenant.value, order_id);
}

Result<ReadEvents> read_events(const Rows& rows) {
  ReadEvents read;
  bool all_settled = true;
  for (std::size_t i = 0; i < rows.size();) {
    const auto row = rows[i];
    const auto position = row.integer(0);
    if (row.is_null(first_order_column))
      return fail(ErrorCode::internal,
                  fmt::format("Event {} of the log is of an order that is not there.", position));
    auto order = read_order(row);
    for (; i < rows.size() && rows[i].integer(0) == position; ++i)
      if (auto line = read_line(rows[i], first_line_column)) order.lines.push_back(*std::move(line));
    read.records.push_back({position, event_of(order, row.id<EventId>(5), row.string(8))});
    all_settled = all_settled && row.boolean(1);
    if (all_settled) ++read.count_settled;
  }
  return read;
}

}  // namespace cloudcart::order::tables
