#include "recommendation/domain/sales.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cloudcart::recommendation {
namespace {

constexpr double trend_half_life_days = 14;
/// Sales older than this, seen from the product's newest one, weigh less than 1/65,536 and are left out.
constexpr int trend_horizon_days = 16 * 14;

std::int32_t day_of(Timestamp time) {
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

double decay(int age_days) {
  static const auto table = [] {
    std::array<double, trend_horizon_days + 1> weights{};
    for (int age = 0; age <= trend_horizon_days; ++age) weights[age] = std::exp2(-age / trend_half_life_days);
    return weights;
  }();
  return table[age_days];
}

}  // namespace

Sales::Sales(const OrderBook& book) {
  make_room(book.products().size());
  for (std::uint32_t i = 0; i < book.order_count(); ++i) {
    const auto& order = book.order(i);
    if (order.state == OrderBook::State::bought) count_order(book, order, +1);
    if (order.state == OrderBook::State::credited) count_credit(book, order);
  }
  for (std::uint32_t product = 0; product < by_product_.size(); ++product)
    rank(book.products()[product], product);
}

void Sales::apply(const OrderBook& book, OrderBook::Change change) {
  if (change.effect == OrderBook::Effect::none) return;
  const auto& order = book.order(change.order);
  if (change.effect == OrderBook::Effect::credit)
    count_credit(book, order);
  else
    count_order(book, order, change.effect == OrderBook::Effect::purchase ? +1 : -1);
  for (const auto& line : book.lines(order)) rank(book.products()[line.product], line.product);
}

void Sales::make_room(std::size_t products) {
  by_product_.resize(products);
  orders_with_.resize(products);
}

void Sales::count_order(const OrderBook& book, const OrderBook::Order& order, int sign) {
  const auto lines = book.lines(order);
  const auto day = day_of(order.time);
  for (const auto& line : lines) {
    auto& product = by_product_[line.product];
    auto& orders = orders_with_[line.product];
    product.units += sign * std::int64_t{line.quantity};
    products_ -= orders > 0;
    orders += sign;
    products_ += orders > 0;
    count_day(product, day, sign);
  }
  orders_ += sign;
  order_lines_ += sign * static_cast<std::int64_t>(lines.size());
}

void Sales::count_credit(const OrderBook& book, const OrderBook::Order& order) {
  for (const auto& line : book.lines(order)) by_product_[line.product].units -= line.quantity;
}

void Sales::count_day(Product& product, std::int32_t day, int sign) {
  auto place = std::ranges::lower_bound(product.days, day, {}, &Day::day);
  if (place == product.days.end() || place->day != day) {
    place = product.days.insert(place, {day, 0});
    ++day_entries_;
  }
  place->orders += sign;
  if (place->orders == 0) {
    product.days.erase(place);
    --day_entries_;
  }
}

void Sales::rank(ProductId id, std::uint32_t index) {
  auto& product = by_product_[index];
  std::optional<Popularity> popularity;
  if (product.units > 0) popularity = {product.units, orders_with_[index]};
  const auto trend = trend_of(product.days);
  popular_.update(id, product.popularity, popularity);
  trending_.update(id, product.trend, trend);
  product.popularity = popularity;
  product.trend = trend;
}

std::optional<double> Sales::trend_of(std::span<const Day> days) {
  if (days.empty()) return std::nullopt;
  const auto newest = days.back().day;
  double weight = 0;
  for (auto day = days.rbegin(); day != days.rend() && newest - day->day <= trend_horizon_days; ++day)
    weight += day->orders * decay(newest - day->day);
  return newest / trend_half_life_days + std::log2(weight);
}

double Sales::trend_at(Timestamp now, double score) {
  return std::exp2(score - day_of(now) / trend_half_life_days);
}

std::size_t Sales::bytes() const {
  return by_product_.capacity() * sizeof(Product) + orders_with_.capacity() * sizeof(std::uint32_t) +
         day_entries_ * sizeof(Day) + popular_.bytes() + trending_.bytes();
}

}  // namespace cloudcart::recommendation
