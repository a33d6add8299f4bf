#include "adapters/clickhouse/analytics/order_questions.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "adapters/clickhouse/analytics/known_facts.h"

namespace cloudcart::analytics {
namespace {

/// An event as it was stored.
struct StoredEvent {
  std::int64_t version;
  EventType type;
  std::int64_t position;
  EventId id;
  OrderSummary order;
};

/// Those of the orders that `orders`, a SELECT, names. An event may come several times.
Task<Result<std::vector<StoredEvent>>> ask_events(clickhouse::Store& store, std::string seen,
                                                  std::string orders, Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store.ask(
          fmt::format("SELECT hex(order_id), version, type, {}, hex(event_id), hex(customer), status,"
                      " document, amount, currency, units, at FROM order_event WHERE {} AND order_id IN ({})",
                      position_column, seen, orders),
          deadline));
  std::vector<StoredEvent> events;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    const auto customer = row.id<UserId>(5);
    const auto currency = Currency::parse(row.text(9));
    if (!currency) co_return fail(ErrorCode::internal, "ClickHouse holds an order in no currency.");
    events.push_back(
        {row.integer(1), static_cast<EventType>(row.integer(2)), row.integer(3), row.id<EventId>(4),
         OrderSummary{row.id<OrderId>(0), customer.value.is_nil() ? std::nullopt : std::optional{customer},
                      static_cast<OrderStatus>(row.integer(6)),
                      row.integer(7) ? OrderKind::credit_note : OrderKind::sale, Money{row.integer(8)},
                      *currency, row.integer(10), from_unix_ms(row.integer(11))}});
  }
  co_return events;
}

/// An order by all its events.
struct OrderLife {
  const StoredEvent* shown = nullptr;  ///< the first that placed it; of a credit note, that wrote it
  const StoredEvent* newest = nullptr;
};

std::map<OrderId, OrderLife> lives_of(const std::vector<StoredEvent>& events) {
  std::map<OrderId, OrderLife> lives;
  for (const auto& event : events) {
    auto& life = lives[event.order.order];
    if (!life.newest || event.version > life.newest->version) life.newest = &event;
    const bool is_note = event.type == EventType::given_back && event.order.kind == OrderKind::credit_note;
    if (event.type != EventType::placed && !is_note) continue;
    if (!life.shown || event.position < life.shown->position) life.shown = &event;
  }
  return lives;
}

}  // namespace

Task<Result<std::vector<OrderSummary>>> ask_recent_orders(clickhouse::Store& store, std::size_t limit,
                                                          Snapshot snapshot, TenantId tenant,
                                                          Deadline deadline) {
  std::vector<OrderSummary> orders;
  if (limit == 0) co_return orders;
  const auto seen = seen_rows(snapshot, tenant);
  CLOUDCART_CO_TRY(
      const auto events,
      co_await ask_events(
          store, seen,
          fmt::format("SELECT order_id FROM (SELECT order_id, at FROM flow FINAL WHERE {} AND"
                      " (kind = 0 OR (kind = 1 AND document = 1)) ORDER BY at DESC, order_id DESC LIMIT {})",
                      seen, limit),
          deadline));
  for (const auto& [id, life] : lives_of(events)) {
    if (!life.shown) continue;
    orders.push_back(life.shown->order);
    orders.back().status = life.newest->order.status;
  }
  std::ranges::sort(orders, [](const OrderSummary& a, const OrderSummary& b) {
    return std::tie(b.at, b.order) < std::tie(a.at, a.order);
  });
  co_return orders;
}

Task<Result<std::vector<PlacedOrder>>> ask_placed_after(clickhouse::Store& store, std::int64_t after,
                                                        Snapshot snapshot, TenantId tenant,
                                                        Deadline deadline) {
  const auto seen = seen_rows(snapshot, tenant);
  CLOUDCART_CO_TRY(
      const auto events,
      co_await ask_events(
          store, seen,
          fmt::format("SELECT order_id FROM (SELECT order_id, precedence FROM flow FINAL WHERE {} AND"
                      " kind = 0 AND precedence < {} ORDER BY precedence LIMIT {})",
                      seen, precedence_of(after), replay_bound),
          deadline));
  std::vector<PlacedOrder> orders;
  for (const auto& [id, life] : lives_of(events))
    if (life.shown) orders.push_back({tenant, life.shown->position, life.shown->id, life.shown->order});
  std::ranges::sort(orders, {}, &PlacedOrder::position);
  co_return orders;
}

Task<Result<Totals>> ask_totals(clickhouse::Store& store, Snapshot snapshot, TenantId tenant,
                                Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store.ask(fmt::format("SELECT intDiv(at, 86400000) AS day, type, count(),"
                                     " countIf(document = 0), sum(units), sum(amount) FROM order_event FINAL"
                                     " WHERE {} AND type IN (1, 2) GROUP BY day, type",
                                     seen_rows(snapshot, tenant)),
                         deadline));
  Totals totals{.position = snapshot.position, .all = {}, .by_utc_day = {}, .dead_letters = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    const auto units = row.integer(4);
    const Money amount{row.integer(5)};
    const auto figures =
        row.integer(1) == static_cast<int>(EventType::placed)
            ? SalesFigures{.placed_orders = row.integer(2), .placed_units = units, .gross = amount}
            : SalesFigures{.cancelled_orders = row.integer(3), .cancelled_units = units, .cancelled = amount};
    totals.by_utc_day[std::chrono::sys_days{std::chrono::days{row.integer(0)}}].add_flows(figures);
    totals.all.add_flows(figures);
  }
  co_return totals;
}

Task<Result<std::optional<Extent>>> ask_extent(clickhouse::Store& store, Snapshot snapshot, TenantId tenant,
                                               Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store.ask(fmt::format("SELECT count(), min(at), max(at) FROM flow WHERE {} AND kind IN (0, 1)",
                                     seen_rows(snapshot, tenant)),
                         deadline));
  if (rows.size() == 0 || rows.row(0).integer(0) == 0) co_return std::nullopt;
  co_return Extent{from_unix_ms(rows.row(0).integer(1)), from_unix_ms(rows.row(0).integer(2))};
}

}  // namespace cloudcart::analytics
