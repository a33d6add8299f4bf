#include "analytics/domain/defect.h"

#include <limits>

#include <fmt/format.h>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

/// Of all lines of an order together.
constexpr std::int64_t most_units = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t most_lines = 65'535;

/// Moments that a calendar with zones is asked for.
const Timestamp earliest = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
const Timestamp latest = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};

bool units_fit(const events::OrderEvent& event) {
  std::int64_t left = most_units;
  for (const auto& line : event.lines) {
    if (line.quantity < 0 || line.quantity > left) return false;
    left -= line.quantity;
  }
  return true;
}

bool amounts_fit(const events::OrderEvent& event) {
  auto all = std::optional{Money{}};
  for (const auto& line : event.lines) {
    if (line.subtotal < Money{} || !(all = all->plus(line.subtotal))) return false;
  }
  return *all <= event.total;
}

}  // namespace

std::optional<std::string> defect_of(const events::OrderEvent& event, Currency currency) {
  if (event.timestamp < earliest || event.timestamp >= latest)
    return fmt::format("Its time {} is not between 1970 and 2200.", to_rfc3339(event.timestamp));
  if (!places_order(event) && !gives_back(event)) return std::nullopt;
  if (event.currency != currency)
    return fmt::format(
        "It is in {}, but figures are in {}: set shop.currency to the currency of the orders, then retry.",
        event.currency.code(), currency.code());
  if (event.lines.size() > most_lines)
    return fmt::format("It has {} lines; at most {} are counted.", event.lines.size(), most_lines);
  if (!units_fit(event))
    return fmt::format("It has lines of less than none, or more than {} units.", most_units);
  if (!amounts_fit(event)) return "It has amounts below zero, or lines that come to more than its total.";
  return std::nullopt;
}

}  // namespace cloudcart::analytics
