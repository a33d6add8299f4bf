#include "recommendation/domain/order_book.h"

#include <algorithm>

namespace cloudcart::recommendation {
namespace {

std::uint32_t clamp_quantity(std::int64_t quantity) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(quantity, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

OrderBook::Change OrderBook::record(const events::OrderEvent& event) {
  store_shared(newest_, std::max(newest_, event.timestamp));
  if (event.is_created()) return record_purchase(event);
  if (event.is_cancelled()) return record_cancellation(event);
  return {};
}

OrderBook::Change OrderBook::record_purchase(const events::OrderEvent& event) {
  if (order_ids_.find(event.order_id)) return {};
  // An imported order may be cancelled from the start; no other event will say so.
  if (event.status == OrderStatus::cancelled) return {Effect::none, add_order(event, State::cancelled, {})};
  const auto order = add_order(event, State::bought, event.lines);
  add_to_history(order);
  return {Effect::purchase, order};
}

OrderBook::Change OrderBook::record_cancellation(const events::OrderEvent& event) {
  const auto known = order_ids_.find(event.order_id);
  if (!known) {
    if (event.kind == OrderKind::credit_note)
      return {Effect::credit, add_order(event, State::credited, event.lines)};
    return {Effect::none, add_order(event, State::cancelled, {})};
  }
  auto& order = orders_[*known];
  if (order.state != State::bought) return {};
  if (!is_forgotten(order.user)) remove_from_history(*known);
  order.state = State::cancelled;
  return {Effect::cancellation, *known};
}

std::uint32_t OrderBook::add_order(const events::OrderEvent& event, State state,
                                   std::span<const events::EventLine> lines) {
  return add_order(event.order_id, event.user_id, event.timestamp, state, distinct_lines(lines));
}

std::uint32_t OrderBook::add_order(OrderId id, UserId user_id, Timestamp time, State state,
                                   std::span<const Line> lines) {
  newest_of_.resize(users_.size() + 1);  // before anybody can find the customer
  const auto user = users_.add(user_id);
  const auto first_line = lines_.append_together(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) lines_[first_line + i] = lines[i];
  orders_.push_back({.time = time,
                     .user = user,
                     .first_line = static_cast<std::uint32_t>(first_line),
                     .previous = none,
                     .line_count = static_cast<std::uint16_t>(lines.size()),
                     .state = state});
  return order_ids_.add(id);
}

void OrderBook::adopt(const OrderBook& from, std::uint32_t order) {
  const auto& original = from.order(order);
  basket_.clear();
  for (const auto& line : from.lines(original))
    basket_.push_back({products_.add(from.products()[line.product]), line.quantity});
  newest_ = std::max(newest_, original.time);
  add_to_history(
      add_order(from.id(order), from.customer_of(original), original.time, State::bought, basket_));
}

void OrderBook::forget(UserId customer) {
  const auto user = users_.find(customer);
  if (customer.value.is_nil() || !user || is_forgotten(*user)) return;
  if (forgotten_.size() <= *user) forgotten_.resize(*user + 1);
  forgotten_[*user] = true;
  auto& head = newest_of_[*user];
  if (head == 0) return;
  store_shared(head, 0U, std::memory_order_release);
  store_shared(users_with_orders_, users_with_orders_ - 1);
}

UserId OrderBook::customer_of(const Order& order) const {
  return is_forgotten(order.user) ? UserId{} : users_[order.user];
}

/// A product on two lines counts as their sum.
std::span<const OrderBook::Line> OrderBook::distinct_lines(std::span<const events::EventLine> lines) {
  basket_.clear();
  for (const auto& line : lines) {
    const auto product = products_.add(line.product_id);
    if (place_of_.size() < products_.size()) place_of_.resize(products_.size());
    auto& place = place_of_[product];
    if (place == 0) {
      if (basket_.size() == max_lines) continue;
      basket_.push_back({product, 0});
      place = static_cast<std::uint32_t>(basket_.size());
    }
    auto& quantity = basket_[place - 1].quantity;
    quantity = clamp_quantity(std::int64_t{quantity} + clamp_quantity(line.quantity));
  }
  for (const auto& line : basket_) place_of_[line.product] = 0;
  return basket_;
}

bool OrderBook::comes_before(std::uint32_t a, std::uint32_t b) const {
  if (orders_[a].time != orders_[b].time) return orders_[a].time < orders_[b].time;
  return order_ids_[a] < order_ids_[b];
}

/// Orders mostly come in the order of their times, so that the place is at the head.
void OrderBook::add_to_history(std::uint32_t order) {
  auto& head = newest_of_[orders_[order].user];
  if (head == 0) store_shared(users_with_orders_, users_with_orders_ + 1);
  auto later = none;
  auto earlier = head - 1;
  while (earlier != none && comes_before(order, earlier))
    later = std::exchange(earlier, orders_[earlier].previous);
  orders_[order].previous = earlier;
  if (later == none)
    store_shared(head, order + 1, std::memory_order_release);
  else
    store_shared(orders_[later].previous, order, std::memory_order_release);
}

/// A reader that stands at the order goes on from there as before.
void OrderBook::remove_from_history(std::uint32_t order) {
  auto& head = newest_of_[orders_[order].user];
  auto later = none;
  for (auto at = head - 1; at != order; at = orders_[at].previous) later = at;
  const auto earlier = orders_[order].previous;
  if (later == none)
    store_shared(head, earlier + 1, std::memory_order_release);
  else
    store_shared(orders_[later].previous, earlier, std::memory_order_release);
  if (head == 0) store_shared(users_with_orders_, users_with_orders_ - 1);
}

std::size_t OrderBook::bytes() const {
  return order_ids_.bytes() + products_.bytes() + users_.bytes() + orders_.bytes() + lines_.bytes() +
         newest_of_.bytes();
}

}  // namespace cloudcart::recommendation
