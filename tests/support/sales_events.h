#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/event_log.h"

namespace cloudcart::test {

/// Ids that are easy to tell apart and sort by number.
template <class IdType>
IdType id_of(std::uint32_t number) {
  IdType id;
  for (std::size_t byte = 0; byte < 4; ++byte)
    id.value.bytes[15 - byte] = static_cast<std::uint8_t>(number >> (8 * byte));
  return id;
}

inline Timestamp at(std::string_view rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

struct Item {
  std::uint32_t product;
  std::int64_t quantity;
  std::int64_t unit_price;  ///< minor units
};

/// The events of one order, with amounts that add up. Each event's id follows from the order and the version.
class SaleEvents {
 public:
  SaleEvents(std::uint32_t order, std::uint32_t user, std::vector<Item> items) : order_(order) {
    base_.order_id = id_of<OrderId>(order);
    base_.user_id = id_of<UserId>(user);  // 0: the nil id, no customer known
    base_.currency = Currency::parse("GBP").value();
    for (const auto& [product, quantity, price] : items) {
      const Money subtotal{quantity * price};
      base_.total = base_.total.plus(subtotal).value();
      base_.lines.push_back({id_of<ProductId>(product), "Product " + std::to_string(product), "Things",
                             quantity, Money{price}, subtotal});
    }
  }

  events::OrderEvent placed(Timestamp time, OrderStatus status = OrderStatus::pending) const {
    return event("order.created", 1, status, time);
  }
  events::OrderEvent moved(std::int64_t version, OrderStatus status, Timestamp time) const {
    auto moved = event("order." + std::string{to_string(status)}, version, status, time);
    moved.lines.clear();
    return moved;
  }
  events::OrderEvent cancelled(std::int64_t version, Timestamp time) const {
    return event("order.cancelled", version, OrderStatus::cancelled, time);
  }
  events::OrderEvent credit_note(Timestamp time) const {
    auto note = event("order.cancelled", 1, OrderStatus::cancelled, time);
    note.kind = OrderKind::credit_note;
    return note;
  }

 private:
  events::OrderEvent event(std::string type, std::int64_t version, OrderStatus status, Timestamp time) const {
    auto event = base_;
    event.event_id = id_of<EventId>(order_ * 16 + static_cast<std::uint32_t>(version));
    event.type = std::move(type);
    event.version = version;
    event.status = status;
    event.timestamp = time;
    return event;
  }

  std::uint32_t order_;
  events::OrderEvent base_;
};

/// As a log would hold them, from position `first` on.
inline std::vector<events::LogRecord> logged(std::vector<events::OrderEvent> events, std::int64_t first = 1) {
  std::vector<events::LogRecord> records;
  for (auto& event : events) records.push_back({first++, std::move(event)});
  return records;
}

}  // namespace cloudcart::test
