#include "recommendation/domain/order_book.h"

#include <algorithm>
#include <limits>

namespace cloudcart::recommendation {
namespace {

std::uint32_t clamp_quantity(std::int64_t quantity) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(quantity, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

OrderBook::Change OrderBook::record(const events::OrderEvent& event) {
  newest_ = std::max(newest_, event.timestamp);
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
  order.state = State::cancelled;
  remove_from_history(*known);
  return {Effect::cancellation, *known};
}

std::uint32_t OrderBook::add_order(const events::OrderEvent& event, State state,
                                   std::span<const events::EventLine> lines) {
  const auto index = order_ids_.add(event.order_id);
  const auto user = users_.add(event.user_id);
  orders_of_.resize(users_.size());
  const auto first_line = lines_.size();
  add_lines(lines);
  orders_.push_back({.time = event.timestamp,
                     .user = user,
                     .line_count = static_cast<std::uint32_t>(lines_.size() - first_line),
                     .first_line = first_line,
                     .state = state});
  return index;
}

/// A product on two lines counts as their sum.
void OrderBook::add_lines(std::span<const events::EventLine> lines) {
  const auto first = lines_.size();
  IdIndex<ProductId> seen;
  for (const auto& line : lines) {
    const auto place = seen.add(line.product_id);
    if (place == lines_.size() - first) lines_.push_back({products_.add(line.product_id), 0});
    auto& quantity = lines_[first + place].quantity;
    quantity = clamp_quantity(std::int64_t{quantity} + clamp_quantity(line.quantity));
  }
}

bool OrderBook::comes_before(std::uint32_t a, std::uint32_t b) const {
  if (orders_[a].time != orders_[b].time) return orders_[a].time < orders_[b].time;
  return order_ids_[a] < order_ids_[b];
}

void OrderBook::add_to_history(std::uint32_t order) {
  auto& history = orders_of_[orders_[order].user];
  if (history.empty()) ++users_with_orders_;
  const auto place =
      std::ranges::upper_bound(history, order, [this](auto a, auto b) { return comes_before(a, b); });
  history.insert(place, order);
}

void OrderBook::remove_from_history(std::uint32_t order) {
  auto& history = orders_of_[orders_[order].user];
  history.erase(
      std::ranges::lower_bound(history, order, [this](auto a, auto b) { return comes_before(a, b); }));
  if (history.empty()) --users_with_orders_;
}

std::size_t OrderBook::bytes() const {
  return order_ids_.bytes() + products_.bytes() + users_.bytes() + orders_.capacity() * sizeof(Order) +
         lines_.capacity() * sizeof(Line) + orders_of_.capacity() * sizeof(decltype(orders_of_)::value_type) +
         orders_.size() * sizeof(std::uint32_t);
}

}  // namespace cloudcart::recommendation
