#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "events/order_event.h"

namespace cloudcart::test {

/// Ids that are easy to tell apart and sort by number.
template <class IdType>
IdType numbered(std::uint32_t number) {
  IdType id;
  for (int byte = 0; byte < 4; ++byte)
    id.value.bytes[15 - byte] = static_cast<std::uint8_t>(number >> (8 * byte));
  return id;
}
inline ProductId product(std::uint32_t number) {
  return numbered<ProductId>(number);
}
inline UserId user(std::uint32_t number) {
  return numbered<UserId>(number);
}
inline OrderId order(std::uint32_t number) {
  return numbered<OrderId>(number);
}

inline const Timestamp first_day = parse_rfc3339("2026-01-01T00:00:00.000Z").value();

struct Bought {
  std::uint32_t product;
  std::int64_t quantity = 1;
};

/// The event of a new order, `day` days after first_day.
inline events::OrderEvent bought(std::uint32_t order_number, std::uint32_t user_number,
                                 std::vector<Bought> lines, int day = 0) {
  events::OrderEvent event;
  event.event_id = numbered<EventId>(2 * order_number);
  event.type = "order.created";
  event.order_id = order(order_number);
  event.user_id = user(user_number);
  event.currency = Currency::parse("GBP").value();
  event.timestamp = first_day + std::chrono::days{day};
  for (const auto& line : lines) {
    events::EventLine item;
    item.product_id = product(line.product);
    item.product_name = "Product " + std::to_string(line.product);
    item.quantity = line.quantity;
    event.lines.push_back(std::move(item));
  }
  return event;
}

/// The event of that order's cancellation.
inline events::OrderEvent cancellation_of(events::OrderEvent event) {
  event.event_id.value.bytes[15] |= 1;
  event.type = "order.cancelled";
  event.status = OrderStatus::cancelled;
  event.version = 2;
  return event;
}

/// An imported document that gives back units.
inline events::OrderEvent credit_note(std::uint32_t order_number, std::uint32_t user_number,
                                      std::vector<Bought> lines, int day = 0) {
  auto event = bought(order_number, user_number, std::move(lines), day);
  event.type = "order.cancelled";
  event.status = OrderStatus::cancelled;
  event.kind = OrderKind::credit_note;
  return event;
}

}  // namespace cloudcart::test
