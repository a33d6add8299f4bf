#include "adapters/postgres/order/written_orders.h"

#include <limits>
#include <set>

#include <fmt/format.h>

#include "adapters/postgres/order/log_position.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;

constexpr std::size_t largest_group = 200;

/// In an array of moments: none.
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

/// Parameters 1 to 13 are the orders, 14 to 21 their lines, 22 to 29 their events; of an order that is not `placed` nothing
/// comes after. {0} and {1}: more of what is asked, {2}: what else has to be found first, {3}: what is placed of it.
constexpr std::string_view writing =
    R"(
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13{0}) WITH ORDINALITY
    AS asked(tenant, id, user_id, kind, status, payment_status, total, currency, shipping_address,
             created_at, updated_at, cancelled_at, version{1}, place)),
{2}placed AS (
  INSERT INTO orders(tenant, id, user_id, kind, status, payment_status, total, currency, shipping_address,
                     created_at, updated_at, cancelled_at, version)
  SELECT tenant, id, user_id, kind, status, payment_status, total, currency, shipping_address,
         created_at, updated_at, nullif(cancelled_at, '-9223372036854775808'::bigint), version
  FROM asked {3}
  ON CONFLICT DO NOTHING RETURNING tenant, id),
given AS MATERIALIZED (
  SELECT asked.* FROM asked JOIN placed ON placed.tenant = asked.tenant AND placed.id = asked.id),
lines AS (
  INSERT INTO order_line(tenant, order_id, line, product_id, product_name, category_name, quantity, price, subtotal)
  SELECT given.tenant, given.id, line::integer, product_id, product_name, category_name, quantity, price, subtotal
  FROM unnest($14, $15, $16, $17, $18, $19, $20, $21)
    AS one(place, line, product_id, product_name, category_name, quantity, price, subtotal)
  JOIN given ON given.place = one.place),
told AS (
  INSERT INTO order_event(position, tenant, order_id, version, event_id, status, occurred_at, traceparent, has_lines)
  SELECT )" CLOUDCART_FIRST_POSITION
    R"( + $22 + number - 1, given.tenant, given.id, one.version, event_id, one.status,
         occurred_at, traceparent, has_lines
  FROM unnest($23, $24, $25, $26, $27, $28, $29) WITH ORDINALITY
    AS one(place, version, event_id, status, occurred_at, traceparent, has_lines, number)
  JOIN given ON given.place = one.place))";

constexpr std::string_view is_closed =
    "EXISTS (SELECT FROM closed_order WHERE closed_order.tenant = asked.tenant AND order_id = asked.id)";

/// The keys that their attempts still hold, locked. Row by row through the index, whatever the planner knew of the table when the
/// statement was prepared.
constexpr std::string_view held = R"(held AS MATERIALIZED (
  SELECT asked.place, its.row FROM asked CROSS JOIN LATERAL (
    SELECT ctid AS row FROM idempotency_key AS known WHERE known.tenant = asked.tenant AND known.user_id = asked.key_user
      AND known.route = asked.key_route AND known.key = asked.key AND known.claim = asked.claim AND NOT known.completed
      FOR NO KEY UPDATE OFFSET 0) AS its
  WHERE asked.has_key),
)";

std::string importing_sql() {
  return fmt::format(writing, "", "", "", "") +
         " SELECT given.place IS NOT NULL, true, false FROM asked LEFT JOIN given ON given.place = "
         "asked.place"
         " ORDER BY asked.place";
}

std::string placing_sql() {
  return fmt::format(
             writing, ", $30, $31, $32, $33, $34", ", has_key, key_user, key_route, key, claim", held,
             fmt::format("WHERE (NOT has_key OR place IN (SELECT place FROM held)) AND NOT {}", is_closed)) +
         // Nobody but this transaction changes a row that it holds, so that it is still where it was found.
         ", finished AS (UPDATE idempotency_key SET completed = true WHERE ctid = ANY(ARRAY("
         "SELECT held.row FROM held JOIN given ON given.place = held.place)))" +
         fmt::format(
             " SELECT given.place IS NOT NULL, NOT asked.has_key OR held.place IS NOT NULL, {}"
             " FROM asked LEFT JOIN given ON given.place = asked.place"
             " LEFT JOIN held ON held.place = asked.place ORDER BY asked.place",
             is_closed);
}

template <class Read>
auto column(const std::vector<WrittenOrder>& orders, Read read) {
  std::vector<decltype(read(orders.front()))> values;
  values.reserve(orders.size());
  for (const auto& one : orders) values.push_back(read(one));
  return values;
}

void add_orders(postgres::Params& params, const std::vector<WrittenOrder>& orders) {
  using One = WrittenOrder;
  params.add(column(orders, [](const One& one) { return one.order->tenant.value; }))
      .add(column(orders, [](const One& one) { return one.order->id; }))
      .add(column(orders, [](const One& one) { return one.order->user_id; }))
      .add(column(orders, [](const One& one) { return std::string{to_string(one.order->kind)}; }))
      .add(column(orders, [](const One& one) { return std::string{to_string(one.order->status)}; }))
      .add(column(orders, [](const One& one) { return std::string{to_string(one.order->payment_status)}; }))
      .add(column(orders, [](const One& one) { return one.order->total.minor_units(); }))
      .add(column(orders, [](const One& one) { return std::string{one.order->currency.code()}; }))
      .add(column(orders, [](const One& one) { return one.order->shipping_address; }))
      .add(column(orders, [](const One& one) { return to_unix_ms(one.order->created_at); }))
      .add(column(orders, [](const One& one) { return to_unix_ms(one.order->updated_at); }))
      .add(column(orders,
                  [](const One& one) {
                    return one.order->cancelled_at ? to_unix_ms(*one.order->cancelled_at) : never;
                  }))
      .add(column(orders, [](const One& one) { return one.order->version; }));
}

void add_lines(postgres::Params& params, const std::vector<WrittenOrder>& orders) {
  std::vector<std::int64_t> places, numbers, quantities, prices, subtotals;
  std::vector<ProductId> products;
  std::vector<std::string> names, categories;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    std::int64_t number = 0;
    for (const auto& line : orders[i].order->lines) {
      places.push_back(static_cast<std::int64_t>(i) + 1);
      numbers.push_back(++number);
      products.push_back(line.product_id);
      names.push_back(line.product_name);
      categories.push_back(line.category_name);
      quantities.push_back(line.quantity);
      prices.push_back(line.price.minor_units());
      subtotals.push_back(line.subtotal.minor_units());
    }
  }
  params.add(places)
      .add(numbers)
      .add(products)
      .add(names)
      .add(categories)
      .add(quantities)
      .add(prices)
      .add(subtotals);
}

void add_events(postgres::Params& params, const std::vector<WrittenOrder>& orders) {
  std::vector<std::int64_t> places, versions, times;
  std::vector<EventId> ids;
  std::vector<std::string> statuses, traces;
  std::vector<bool> have_lines;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    for (const auto& event : orders[i].events) {
      places.push_back(static_cast<std::int64_t>(i) + 1);
      versions.push_back(event.version);
      ids.push_back(event.event_id);
      statuses.emplace_back(cloudcart::to_string(event.status));
      times.push_back(to_unix_ms(event.timestamp));
      traces.push_back(event.traceparent);
      have_lines.push_back(!event.lines.empty());
    }
  }
  params.add(places).add(versions).add(ids).add(statuses).add(times).add(traces).add(have_lines);
}

void add_keys(postgres::Params& params, const std::vector<WrittenOrder>& orders) {
  using One = WrittenOrder;
  params.add(column(orders, [](const One& one) { return one.key != nullptr; }))
      .add(column(orders, [](const One& one) { return one.key ? one.key->scope.user : UserId{}; }))
      .add(column(orders, [](const One& one) { return one.key ? one.key->scope.route : std::string{}; }))
      .add(column(orders, [](const One& one) { return one.key ? one.key->scope.key.value : std::string{}; }))
      .add(column(orders, [](const One& one) { return one.key ? one.key->claim : ClaimId{}; }));
}

Query writing_query(const std::string& sql, const std::vector<WrittenOrder>& orders,
                    std::size_t events_before) {
  Query query{sql, {}};
  add_orders(query.params, orders);
  add_lines(query.params, orders);
  query.params.add(events_before);
  add_events(query.params, orders);
  return query;
}

}  // namespace

std::vector<std::vector<std::size_t>> in_groups(const std::vector<WrittenOrder>& orders) {
  std::vector<std::vector<std::size_t>> groups;
  std::vector<std::size_t> left(orders.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  while (!left.empty()) {
    std::set<std::pair<TenantId, OrderId>> seen;
    std::vector<std::size_t> again;
    auto& group = groups.emplace_back();
    for (const auto i : left) {
      const bool goes =
          group.size() < largest_group && seen.emplace(orders[i].order->tenant, orders[i].order->id).second;
      (goes ? group : again).push_back(i);
    }
    left = std::move(again);
  }
  return groups;
}

Query import_orders(const std::vector<WrittenOrder>& orders, std::size_t events_before) {
  static const auto sql = importing_sql();
  return writing_query(sql, orders, events_before);
}

Query place_orders(const std::vector<WrittenOrder>& orders, std::size_t events_before) {
  static const auto sql = placing_sql();
  auto query = writing_query(sql, orders, events_before);
  add_keys(query.params, orders);
  return query;
}

Placed read_placed(const postgres::Row& row) {
  if (row.boolean(0)) return Placed::yes;
  if (!row.boolean(1)) return Placed::claim_lost;
  return row.boolean(2) ? Placed::id_closed : Placed::id_taken;
}

}  // namespace cloudcart::order::tables
