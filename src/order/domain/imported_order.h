#pragma once

#include <vector>

#include "order/domain/order.h"

namespace cloudcart::order {

/// One step of an imported order's life, as far as it is known.
struct ImportedStep {
  EventId event_id;
  OrderStatus status = OrderStatus::delivered;  ///< after it
  Timestamp at;
};

/// An order of the time before this platform, with the events that consumers learn it from.
struct ImportedOrder {
  Order order;
  std::vector<events::OrderEvent> events;  ///< of versions 1, 2, …
};

/// `order` with its id, tenant, user, kind, amounts, address, created_at and lines, moved through `steps` (at
/// least one, in order of time): that gives its status, payment, version and other times, and an event for
/// each step. Steps need not be legal transitions, because what happened in between may not be known and is
/// not made up.
ImportedOrder imported(Order order, const std::vector<ImportedStep>& steps);

}  // namespace cloudcart::order
