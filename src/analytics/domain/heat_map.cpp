#include "analytics/domain/heat_map.h"

namespace cloudcart::analytics {
namespace {

std::size_t index_of(std::uint32_t weekday, std::uint32_t hour) {
  return std::size_t{weekday} * 24 + hour;
}

/// Each hour begins within one of the days, so that both axes can be walked at once.
void count_hours(const TimeAxis& days, const TimeAxis& hours, Timestamp now,
                 std::vector<HeatMapCell>& cells) {
  std::size_t day = 0;
  for (std::size_t i = 0; i < hours.groups.size() && hours.bounds[i] <= now; ++i) {
    while (days.bounds[day + 1] <= hours.bounds[i]) ++day;
    ++cells[index_of(days.groups[day], hours.groups[i])].hours;
  }
}

}  // namespace

CubeQuery heat_map_query(DateRange dates, const TimeZone& zone) {
  auto days = time_axis(Dimension::weekday, dates, zone).axis;
  auto hours = time_axis(Dimension::hour_of_day, dates, zone).axis;
  return {.moments = {days.range()},
          .axes = {{Dimension::weekday, std::move(days)}, {Dimension::hour_of_day, std::move(hours)}}};
}

std::vector<HeatMapCell> heat_map_from(const CubeQuery& query, const CubeAnswer& answer, Timestamp now) {
  std::vector<HeatMapCell> cells(hours_of_the_week);
  for (std::uint32_t weekday = 0; weekday < 7; ++weekday)
    for (std::uint32_t hour = 0; hour < 24; ++hour)
      cells[index_of(weekday, hour)] = {.weekday = weekday, .hour = hour, .hours = 0, .figures = {}};
  for (const auto& row : answer.rows)
    cells[index_of(std::get<std::uint32_t>(row.members[0]), std::get<std::uint32_t>(row.members[1]))]
        .figures = row.figures;
  count_hours(query.axes[0].time, query.axes[1].time, now, cells);
  return cells;
}

}  // namespace cloudcart::analytics
