#include "adapters/clickhouse/analytics/known_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/clickhouse/store/sql.h"
#include "analytics/domain/flows.h"

namespace cloudcart::analytics {

EventType type_of(const events::OrderEvent& event) {
  if (places_order(event)) return EventType::placed;
  if (gives_back(event)) return EventType::given_back;
  if (ships(event)) return EventType::shipped;
  if (delivers(event)) return EventType::delivered;
  return EventType::other;
}

std::string_view topic_of(EventType type) {
  switch (type) {
    case EventType::placed:
      return "order.created";
    case EventType::given_back:
      return "order.cancelled";
    case EventType::shipped:
      return "order.shipped";
    case EventType::delivered:
      return "order.delivered";
    case EventType::other:
      break;
  }
  return "";
}

const KnownEvent* KnownFacts::find(const OrderId& order, EventType type) const {
  const auto found = events_.find({order, type});
  return found == events_.end() ? nullptr : &found->second;
}

bool KnownFacts::is_repeated(const OrderId& order, EventType type, std::int64_t position) const {
  const auto* known = find(order, type);
  return known && known->position < position;
}

bool KnownFacts::has_earlier_order(const UserId& customer, Timestamp at, const OrderId& order,
                                   std::int64_t position) const {
  const auto [first, last] = first_orders_.equal_range(customer);
  return std::any_of(first, last, [&](const auto& entry) {
    const auto& known = entry.second;
    return known.position < position && std::tie(known.at, known.order) < std::tie(at, order);
  });
}

void KnownFacts::add(const OrderId& order, EventType type, KnownEvent event) {
  const auto [known, is_new] = events_.try_emplace({order, type}, event);
  if (!is_new && event.position < known->second.position) known->second = event;
}

void KnownFacts::add_first_order(const UserId& customer, Timestamp at, const OrderId& order,
                                 std::int64_t position) {
  first_orders_.emplace(customer, FirstOrder{at, order, position});
}

Task<Result<KnownFacts>> read_known_facts(clickhouse::Store& store, std::uint64_t generation, TenantId tenant,
                                          const std::vector<events::LogRecord>& records, Deadline deadline) {
  std::set<OrderId> orders;
  std::set<UserId> customers;
  for (const auto& record : records) {
    const auto type = type_of(record.event);
    if (type != EventType::other) orders.insert(record.event.order_id);
    if (type == EventType::placed && customer_of(record.event)) customers.insert(record.event.user_id);
  }
  KnownFacts known;
  const auto shop = shop_rows(generation, tenant);
  if (!orders.empty()) {
    CLOUDCART_CO_TRY(
        const auto rows,
        co_await store.ask(
            fmt::format("SELECT hex(order_id), type, {}, at, hex(customer) FROM order_event WHERE {} AND "
                        "type > 0 AND order_id IN ({})",
                        position_column, shop,
                        clickhouse::literals(std::vector(orders.begin(), orders.end()))),
            deadline));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows.row(i);
      known.add(row.id<OrderId>(0), static_cast<EventType>(row.integer(1)),
                {row.integer(2), from_unix_ms(row.integer(3)), row.id<UserId>(4)});
    }
  }
  if (!customers.empty()) {
    CLOUDCART_CO_TRY(
        const auto rows,
        co_await store.ask(
            fmt::format("SELECT hex(customer), at, hex(order_id), {} FROM first_order WHERE {} AND "
                        "customer IN ({})",
                        position_column, shop,
                        clickhouse::literals(std::vector(customers.begin(), customers.end()))),
            deadline));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows.row(i);
      known.add_first_order(row.id<UserId>(0), from_unix_ms(row.integer(1)), row.id<OrderId>(2),
                            row.integer(3));
    }
  }
  co_return known;
}

}  // namespace cloudcart::analytics
