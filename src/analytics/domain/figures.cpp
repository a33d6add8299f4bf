#include "analytics/domain/figures.h"

#include <limits>

namespace cloudcart::analytics {
namespace {

__extension__ using Wide = __int128;

/// numerator / denominator, rounded half away from zero. The denominator is positive.
std::int64_t rounded_quotient(Wide numerator, Wide denominator) {
  const bool negative = numerator < 0;
  const Wide magnitude = negative ? -numerator : numerator;
  const Wide quotient = (2 * magnitude + denominator) / (2 * denominator);
  constexpr Wide most = std::numeric_limits<std::int64_t>::max();
  const auto bounded = static_cast<std::int64_t>(quotient < most ? quotient : most);
  return negative ? -bounded : bounded;
}

}  // namespace

Money sum(Money a, Money b) {
  return a.plus(b).value();
}

Money SalesFigures::net() const {
  return gross.minus(cancelled).value();
}

Money SalesFigures::average_order_value() const {
  if (orders() <= 0) return Money{};
  return Money{rounded_quotient(net().minor_units(), orders())};
}

void SalesFigures::add_flows(const SalesFigures& other) {
  placed_orders += other.placed_orders;
  placed_units += other.placed_units;
  gross = sum(gross, other.gross);
  cancelled_orders += other.cancelled_orders;
  cancelled_units += other.cancelled_units;
  cancelled = sum(cancelled, other.cancelled);
  new_customers += other.new_customers;
  shipped_orders += other.shipped_orders;
  shipping_seconds += other.shipping_seconds;
  delivered_orders += other.delivered_orders;
  delivering_seconds += other.delivering_seconds;
}

std::int64_t seconds_between(Timestamp begin, Timestamp end) {
  return std::chrono::floor<seconds>(end - begin).count();
}

std::int64_t rounded_ratio(std::int64_t numerator, std::int64_t scale, std::int64_t denominator) {
  return rounded_quotient(Wide{numerator} * scale, denominator);
}

std::optional<std::int64_t> change_in_permille(std::int64_t now, std::int64_t before) {
  if (before == 0) return std::nullopt;
  return rounded_quotient((Wide{now} - before) * 1000, before < 0 ? -Wide{before} : Wide{before});
}

std::int64_t share_in_basis_points(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : rounded_quotient(Wide{part} * 10'000, whole);
}

}  // namespace cloudcart::analytics
