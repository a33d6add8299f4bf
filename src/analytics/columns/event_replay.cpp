#include "analytics/columns/event_replay.h"

#include <algorithm>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {

std::uint32_t EventReplay::customer_of_order(const events::OrderEvent& event) {
  const auto user = customer_of(event);
  if (!user) return no_customer;
  const auto [known, is_new] =
      customer_numbers_.try_emplace(*user, static_cast<std::uint32_t>(customer_numbers_.size() + 1));
  if (is_new) memory_.learn(NewCustomer{known->second, *user});
  return known->second;
}

std::uint32_t EventReplay::item_of(const events::EventLine& line, Timestamp at) {
  auto& items = memory_.columns.items();
  auto& of_product = product_items_[line.product_id];
  auto known = std::ranges::find_if(of_product, [&](std::uint32_t item) {
    return items.categories()[items.category_of()[item]] == line.category_name;
  });
  if (known == of_product.end()) {
    known = of_product.insert(known, static_cast<std::uint32_t>(items.size()));
    items.learn(*known, line.product_id, line.category_name);
  }
  items.learn_name(*known, to_unix_ms(at), line.product_name);
  return *known;
}

OrderState EventReplay::state_of(std::uint32_t number) const {
  const auto& order = orders_[number];
  OrderState state{.number = number,
                   .customer = order.customer,
                   .version = order.version,
                   .status = order.status,
                   .is_placed = order.is_placed,
                   .is_given_back = order.is_given_back,
                   .shipped_at = {},
                   .delivered_at = {}};
  if (const auto passed = passed_.find(number); passed != passed_.end()) {
    state.shipped_at = passed->second.shipped_at;
    state.delivered_at = passed->second.delivered_at;
  }
  // Of a placed order only that it was is asked, and no longer when.
  if (order.is_placed && order.is_shipped) state.shipped_at = Timestamp{};
  if (order.is_placed && order.is_delivered) state.delivered_at = Timestamp{};
  return state;
}

void EventReplay::note(const events::OrderEvent& event, const OrderChange& change) {
  auto& order = orders_[change.number];
  order.version = std::max(order.version, event.version);
  order.status = change.status;
  order.is_placed |= change.placed.has_value();
  order.is_given_back |= change.given_back.has_value();
  const bool is_first_shipped = ships(event) && !order.is_shipped;
  const bool is_first_delivered = delivers(event) && !order.is_delivered;
  order.is_shipped |= is_first_shipped;
  order.is_delivered |= is_first_delivered;
  if (order.is_placed) {
    passed_.erase(change.number);
    return;
  }
  if (is_first_shipped) passed_[change.number].shipped_at = event.timestamp;
  if (is_first_delivered) passed_[change.number].delivered_at = event.timestamp;
}

void EventReplay::take_in(const events::OrderEvent& event) {
  const auto [known, is_new] =
      order_numbers_.try_emplace(event.order_id, static_cast<std::uint32_t>(orders_.size()));
  if (is_new) orders_.push_back({.customer = customer_of_order(event)});
  const auto change = change_of(state_of(known->second), event, [&](const events::EventLine& line) {
    return item_of(line, event.timestamp);
  });
  note(event, change);
  if (!memory_.last_event_at || event.timestamp > *memory_.last_event_at)
    memory_.learn(LastEvent{event.timestamp});
  memory_.learn(ChangedOrder{change, summary_of(change, event)});
}

std::size_t EventReplay::bytes() const {
  constexpr std::size_t order_entry = 56, customer_entry = 56, item_entry = 320;
  return memory_.columns.bytes() + orders_.capacity() * sizeof(Order) + order_numbers_.size() * order_entry +
         customer_numbers_.size() * customer_entry + memory_.columns.items().size() * item_entry;
}

}  // namespace cloudcart::analytics
