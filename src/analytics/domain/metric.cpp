#include "analytics/domain/metric.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

using Value = std::optional<std::int64_t>;
using Figures = const SalesFigures&;

constexpr std::int64_t hundredths = 100;
constexpr std::int64_t seconds_per_hour = 3600;

Value ratio(std::int64_t numerator, std::int64_t scale, std::int64_t denominator) {
  if (denominator <= 0) return std::nullopt;
  return rounded_ratio(numerator, scale, denominator);
}

Value percent(std::int64_t part, std::int64_t whole) {
  return ratio(part, 100 * hundredths, whole);
}

Value mean_hours(std::int64_t seconds, std::int64_t orders) {
  if (orders == 0) return std::nullopt;
  return rounded_ratio(seconds, hundredths, orders * seconds_per_hour);
}

constexpr std::array<MetricDefinition, 21> definitions{{
    {Metric::gross_revenue, "gross_revenue", "Gross revenue", Unit::amount, 2, Source::sales,
     "What the orders placed come to, cancelled later or not.",
     [](Figures f) -> Value { return f.gross.minor_units(); }},
    {Metric::cancelled_revenue, "cancelled_revenue", "Cancelled revenue", Unit::amount, 2, Source::sales,
     "What was given back: whole orders that were cancelled, and credit notes, when that happened.",
     [](Figures f) -> Value { return f.cancelled.minor_units(); }},
    {Metric::net_revenue, "net_revenue", "Net revenue", Unit::amount, 2, Source::sales,
     "Gross revenue less cancelled revenue.", [](Figures f) -> Value { return f.net().minor_units(); }},
    {Metric::orders, "orders", "Orders", Unit::count, 0, Source::sales,
     "Orders placed less whole orders cancelled; a credit note cancels no order.",
     [](Figures f) -> Value { return f.orders(); }},
    {Metric::placed_orders, "placed_orders", "Orders placed", Unit::count, 0, Source::sales,
     "Orders placed, cancelled later or not.", [](Figures f) -> Value { return f.placed_orders; }},
    {Metric::cancelled_orders, "cancelled_orders", "Orders cancelled", Unit::count, 0, Source::sales,
     "Whole orders cancelled, when that happened.", [](Figures f) -> Value { return f.cancelled_orders; }},
    {Metric::units, "units", "Units", Unit::count, 0, Source::sales, "Units ordered less units given back.",
     [](Figures f) -> Value { return f.units(); }},
    {Metric::placed_units, "placed_units", "Units ordered", Unit::count, 0, Source::sales,
     "Units of the orders placed, cancelled later or not.",
     [](Figures f) -> Value { return f.placed_units; }},
    {Metric::cancelled_units, "cancelled_units", "Units given back", Unit::count, 0, Source::sales,
     "Units of cancelled orders and credit notes, when that happened.",
     [](Figures f) -> Value { return f.cancelled_units; }},
    {Metric::average_order_value, "average_order_value", "Average order value", Unit::amount, 2,
     Source::sales, "Net revenue over orders; 0 without orders.",
     [](Figures f) -> Value { return f.average_order_value().minor_units(); }},
    {Metric::items_per_order, "items_per_order", "Items per order", Unit::count, 2, Source::sales,
     "Units of the orders placed over their number.",
     [](Figures f) { return ratio(f.placed_units, hundredths, f.placed_orders); }},
    {Metric::cancellation_rate, "cancellation_rate", "Cancellation rate", Unit::percent, 2, Source::sales,
     "Whole orders cancelled in the period, in percent of the orders placed in it.",
     [](Figures f) { return percent(f.cancelled_orders, f.placed_orders); }},
    {Metric::active_customers, "active_customers", "Active customers", Unit::count, 0, Source::customers,
     "Different customers who placed an order.", [](Figures f) -> Value { return f.active_customers; }},
    {Metric::new_customers, "new_customers", "New customers", Unit::count, 0, Source::customers,
     "Customers who placed their first order of all.", [](Figures f) -> Value { return f.new_customers; }},
    {Metric::returning_customers, "returning_customers", "Returning customers", Unit::count, 0,
     Source::customers, "Active customers whose first order of all lies before, or beside what is asked for.",
     [](Figures f) -> Value { return f.active_customers - f.new_customers; }},
    {Metric::repeat_customers, "repeat_customers", "Repeat customers", Unit::count, 0, Source::customers,
     "Different customers who placed two orders or more.",
     [](Figures f) -> Value { return f.repeat_customers; }},
    {Metric::repeat_rate, "repeat_rate", "Repeat rate", Unit::percent, 2, Source::customers,
     "Repeat customers in percent of active customers.",
     [](Figures f) { return percent(f.repeat_customers, f.active_customers); }},
    {Metric::shipped_orders, "shipped_orders", "Orders shipped", Unit::count, 0, Source::passages,
     "Orders shipped, when that happened.", [](Figures f) -> Value { return f.shipped_orders; }},
    {Metric::time_to_ship, "time_to_ship", "Time to ship", Unit::hours, 2, Source::passages,
     "Mean time from placing to shipping, of the orders shipped.",
     [](Figures f) { return mean_hours(f.shipping_seconds, f.shipped_orders); }},
    {Metric::delivered_orders, "delivered_orders", "Orders delivered", Unit::count, 0, Source::passages,
     "Orders delivered, when that happened; an order imported as delivered tells no time.",
     [](Figures f) -> Value { return f.delivered_orders; }},
    {Metric::time_to_deliver, "time_to_deliver", "Time to deliver", Unit::hours, 2, Source::passages,
     "Mean time from placing to delivery, of the orders delivered.",
     [](Figures f) { return mean_hours(f.delivering_seconds, f.delivered_orders); }},
}};

}  // namespace

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::amount:
      return "amount";
    case Unit::count:
      return "count";
    case Unit::percent:
      return "percent";
    case Unit::hours:
      return "hours";
  }
  return "";
}

const std::array<MetricDefinition, 21>& all_metrics() {
  return definitions;
}

const MetricDefinition& definition_of(Metric metric) {
  return definitions[static_cast<std::size_t>(metric)];
}

std::optional<Metric> parse_metric(std::string_view name) {
  const auto* const found = std::ranges::find(definitions, name, &MetricDefinition::name);
  if (found == definitions.end()) return std::nullopt;
  return found->metric;
}

std::optional<Number> value_of(Metric metric, const SalesFigures& figures) {
  const auto& definition = definition_of(metric);
  return definition.value(figures).transform(
      [&](std::int64_t scaled) { return Number{scaled, definition.decimals}; });
}

}  // namespace cloudcart::analytics
