#pragma once

#include <cstdint>
#include <optional>

#include "analytics/domain/figures.h"
#include "core/id.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// What an order event means for the figures. Each order has at most one event that places it and one that
/// cancels; every other event only moves its status.

/// A sale's revenue and units come in at the event's time. Credit notes are never placed.
inline bool places_order(const events::OrderEvent& event) {
  return event.is_created() && event.kind == OrderKind::sale;
}

/// Revenue and units go out at the event's time: the whole order's, or what a credit note gives back.
inline bool gives_back(const events::OrderEvent& event) {
  return event.is_cancelled();
}

inline bool ships(const events::OrderEvent& event) {
  return event.type == "order.shipped";
}
inline bool delivers(const events::OrderEvent& event) {
  return event.type == "order.delivered";
}

/// The nil id stands for "no customer known".
inline std::optional<UserId> customer_of(const events::OrderEvent& event) {
  if (event.user_id.value.is_nil()) return std::nullopt;
  return event.user_id;
}

inline std::int64_t units_of(const events::OrderEvent& event) {
  std::int64_t units = 0;
  for (const auto& line : event.lines) units += line.quantity;
  return units;
}

/// What an event adds to the figures of its moment; nothing when it only moves a status.
inline SalesFigures flow_of(const events::OrderEvent& event) {
  if (places_order(event)) return {.placed_orders = 1, .placed_units = units_of(event), .gross = event.total};
  if (gives_back(event))
    return {.cancelled_orders = event.kind == OrderKind::sale,
            .cancelled_units = units_of(event),
            .cancelled = event.total};
  return {};
}

}  // namespace cloudcart::analytics
