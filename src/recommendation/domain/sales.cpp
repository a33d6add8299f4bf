#include "recommendation/domain/sales.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace cloudcart::recommendation {
namespace {

constexpr std::size_t most_looked_at = 2'000;  ///< of a customer's orders, the newest
constexpr auto fortnight = static_cast<std::size_t>(Window::fortnight);

double half_lives(Timestamp from, Timestamp to, std::size_t window) {
  // Far beyond the life of any shop, but a time that is out of all reason must not make an infinity, nor overflow.
  using Days = std::chrono::duration<double, std::chrono::days::period>;
  const auto between = Days(to.time_since_epoch()) - Days(from.time_since_epoch());
  return std::clamp(between.count() / window_half_life_days[window], -900.0, 900.0);
}

/// Whoever sees that a product sells can also ask for its id.
template <class Number>
void put(Number& field, std::type_identity_t<Number> value) {
  store_shared(field, value, std::memory_order_release);
}
template <class Number>
void add_to(Number& field, std::type_identity_t<Number> change) {
  put(field, static_cast<Number>(field + change));
}

}  // namespace

double Sales::unit_at(Timestamp now, Window window) const {
  return std::exp2(-half_lives(landmark_, now, static_cast<std::size_t>(window)));
}

Sales::Weights Sales::weights_of(Timestamp time) const {
  Weights weights{};
  for (std::size_t w = 0; w < weights.size(); ++w) weights[w] = std::exp2(half_lives(landmark_, time, w));
  return weights;
}

void Sales::apply(const OrderBook& book, OrderBook::Change change) {
  const auto& order = book.order(change.order);
  switch (change.effect) {
    case OrderBook::Effect::none:
      return;
    case OrderBook::Effect::purchase:
      add_order(book.lines(order), weights_of(order.time), +1);
      return count_customer(book, order, change.order, +1);
    case OrderBook::Effect::cancellation:
      add_order(book.lines(order), weights_of(order.time), -1);
      return count_customer(book, order, change.order, -1);
    case OrderBook::Effect::credit:
      return add_credit(book.lines(order));
  }
}

void Sales::add_order(std::span<const OrderBook::Line> lines, const Weights& weights, int sign) {
  add_to(orders_, static_cast<std::uint64_t>(sign));
  add_to(order_lines_, static_cast<std::uint64_t>(sign) * lines.size());
  for (const auto& line : lines) {
    auto& product = by_product_[line.product];
    add_to(product.units, sign * std::int64_t{line.quantity});
    const bool had_orders = product.orders != 0;
    add_to(product.orders, static_cast<std::uint32_t>(sign));
    const bool has_orders = product.orders != 0;
    if (had_orders != has_orders) add_to(products_, static_cast<std::uint64_t>(sign));
    for (std::size_t w = 0; w < weights.size(); ++w)
      // Without orders nothing is left, not even what rounding left.
      put(product.faded[w], has_orders ? std::max(0.0, product.faded[w] + sign * weights[w]) : 0.0);
  }
}

void Sales::add_first_order(std::span<const OrderBook::Line> lines, double weight, int sign) {
  for (const auto& line : lines) {
    auto& sum = by_product_[line.product].faded_first_orders;
    const auto result = sum + sign * weight;
    store_shared(sum, result < weight * 1e-9 ? 0.0 : result);
  }
}

/// The customers that a product has, and what their first orders hold, when `order` has just come into the
/// customer's history or has just gone from it.
void Sales::count_customer(const OrderBook& book, const OrderBook::Order& order, std::uint32_t index,
                           int sign) {
  const auto lines = book.lines(order);
  const auto mark = ++last_mark_;
  bought_otherwise_.resize(std::max(bought_otherwise_.size(), by_product_.size()));
  const OrderBook::Order* oldest_other = nullptr;
  bool later_seen = false, earlier_seen = false;
  std::size_t looked_at = 0;
  book.for_each_order_of(order.user, [&](const OrderBook::Order& other, std::uint32_t i) {
    // Who has more orders than this is no customer but a till, and must not make learning slow.
    if (++looked_at > most_looked_at) {
      earlier_seen = true;
      return false;
    }
    if (i == index) {
      later_seen = true;
      return true;
    }
    for (const auto& line : book.lines(other)) bought_otherwise_[line.product] = mark;
    oldest_other = &other;
    earlier_seen |= sign > 0 ? later_seen : book.comes_before(i, index);
    return true;
  });
  for (const auto& line : lines)
    if (bought_otherwise_[line.product] != mark)
      add_to(by_product_[line.product].buyers, static_cast<std::uint32_t>(sign));
  if (earlier_seen) return;
  add_first_order(lines, weights_of(order.time)[fortnight], sign);
  if (oldest_other)
    add_first_order(book.lines(*oldest_other), weights_of(oldest_other->time)[fortnight], -sign);
}

void Sales::add_credit(std::span<const OrderBook::Line> lines) {
  for (const auto& line : lines) add_to(by_product_[line.product].units, -std::int64_t{line.quantity});
}

void Sales::count_all(const OrderBook& book) {
  make_room(book.products().size());
  std::vector<std::uint32_t> last_buyer(book.products().size());  // + 1
  for (std::uint32_t user = 0; user < book.users().size(); ++user) {
    const OrderBook::Order* first = nullptr;
    book.for_each_order_of(user, [&](const OrderBook::Order& order, std::uint32_t) {
      const auto lines = book.lines(order);
      add_order(lines, weights_of(order.time), +1);
      for (const auto& line : lines)
        if (std::exchange(last_buyer[line.product], user + 1) != user + 1) ++by_product_[line.product].buyers;
      first = &order;
      return true;
    });
    if (first) add_first_order(book.lines(*first), weights_of(first->time)[fortnight], +1);
  }
  for (std::uint32_t i = 0; i < book.order_count(); ++i)
    if (book.order(i).state == OrderBook::State::credited) add_credit(book.lines(book.order(i)));
}

}  // namespace cloudcart::recommendation
