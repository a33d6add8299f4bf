#pragma once

#include <functional>

#include "analytics/columns/order_change.h"
#include "analytics/domain/report.h"

namespace cloudcart::analytics {

/// What is known of an order before an event comes.
struct OrderState {
  std::uint32_t number = 0;
  std::uint32_t customer = no_customer;
  std::int64_t version = 0;  ///< the highest that came; 0: none
  OrderStatus status = OrderStatus::pending;
  bool is_placed = false;
  bool is_given_back = false;
  std::optional<Timestamp> shipped_at, delivered_at;
};

/// The number of the item that an event's line holds.
using ItemNumbers = std::function<std::uint32_t(const events::EventLine&)>;

/// What becomes known of an order by an event: what came before is not told again. `item_of` is asked for each line of a
/// sale, in their order.
OrderChange change_of(const OrderState& known, const events::OrderEvent& event, const ItemNumbers& item_of);

/// How the order then stands in a list of orders; nullopt unless the change places it or writes a credit note.
std::optional<OrderSummary> summary_of(const OrderChange& change, const events::OrderEvent& event);

}  // namespace cloudcart::analytics
