#pragma once

#include <cstdint>
#include <vector>

#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// One hour of the week, over all weeks of a period.
struct HeatMapCell {
  std::uint32_t weekday = 0;  ///< as in weekday_names
  std::uint32_t hour = 0;     ///< by the clock on the wall
  /// How many of these hours have begun: what makes hours comparable where a period holds no whole weeks, or a clock
  /// change left one out or repeated it.
  std::int64_t hours = 0;
  SalesFigures figures;
  bool operator==(const HeatMapCell&) const = default;
};

constexpr std::size_t hours_of_the_week = 7 * 24;

CubeQuery heat_map_query(DateRange dates, const TimeZone& zone);
/// All hours of the week, from Monday on; those in which nothing happened are there.
std::vector<HeatMapCell> heat_map_from(const CubeQuery& query, const CubeAnswer& answer, Timestamp now);

}  // namespace cloudcart::analytics
