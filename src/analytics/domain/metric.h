#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytics/domain/figures.h"
#include "analytics/domain/number.h"

namespace cloudcart::analytics {

/// What can be asked for.
enum class Metric : std::uint8_t {
  gross_revenue,
  cancelled_revenue,
  net_revenue,
  orders,
  placed_orders,
  cancelled_orders,
  units,
  placed_units,
  cancelled_units,
  average_order_value,
  items_per_order,
  cancellation_rate,
  active_customers,
  new_customers,
  returning_customers,
  repeat_customers,
  repeat_rate,
  shipped_orders,
  time_to_ship,
  delivered_orders,
  time_to_deliver,
};

enum class Unit : std::uint8_t { amount, count, percent, hours };
std::string_view to_string(Unit unit);

/// Which figures a metric is made of: some are counted only when asked for.
enum class Source : std::uint8_t {
  sales,
  customers,  ///< active and repeat ones do not add up over groups
  passages,   ///< what was shipped and delivered
};

/// The one place that says what a metric is: every store adds up SalesFigures, and every answer is made of
/// them here.
struct MetricDefinition {
  Metric metric;
  std::string_view name;  ///< in queries, and of the column
  std::string_view title;
  Unit unit;
  std::uint8_t decimals;
  Source source;
  std::string_view description;
  /// In units of the last decimal; nullopt where it is not defined: an average or a share of nothing.
  std::optional<std::int64_t> (*value)(const SalesFigures&);
};

/// In the order of the enumeration.
const std::array<MetricDefinition, 21>& all_metrics();
const MetricDefinition& definition_of(Metric metric);
std::optional<Metric> parse_metric(std::string_view name);

/// Nullopt where the metric is not defined.
std::optional<Number> value_of(Metric metric, const SalesFigures& figures);

}  // namespace cloudcart::analytics
