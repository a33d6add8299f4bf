#include "adapters/clickhouse/analytics/time_sql.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cloudcart::analytics {
namespace {

/// Of every event that is added up (domain/defect.cpp): numbers beyond never reach the server.
constexpr std::int64_t earliest = 0;
constexpr std::int64_t latest = 7'258'118'400'000;  // 2200-01-01

/// More are looked up by binary search, which old servers do not know.
constexpr std::size_t most_runs = 48;

std::int64_t bounded(Timestamp time) {
  return std::clamp(to_unix_ms(time), earliest, latest);
}

/// Stretches of one length that follow each other: the days between two clock changes, all hours of all years.
struct Run {
  std::int64_t begin;
  std::int64_t width;
  std::size_t first;  ///< which stretch
};

std::vector<Run> runs_of(const std::vector<Timestamp>& bounds) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const auto width = (bounds[i + 1] - bounds[i]).count();
    if (runs.empty() || runs.back().width != width) runs.push_back({to_unix_ms(bounds[i]), width, i});
  }
  return runs;
}

std::string place_in(const Run& run) {
  return fmt::format("{} + intDiv(at - ({}), {})", run.first, run.begin, run.width);
}

std::string place_by_search(const std::vector<Timestamp>& bounds) {
  std::vector<std::int64_t> begins;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    if (to_unix_ms(bounds[i + 1]) <= earliest) continue;
    begins.push_back(std::max(to_unix_ms(bounds[i]), earliest));
    places.push_back(i);
  }
  const auto list = fmt::format("[{}]", fmt::join(begins, ","));
  return fmt::format("transform(roundDown(toUInt64(at), {0}), {0}, [{1}], 0)", list, fmt::join(places, ","));
}

/// Which stretch, from 0.
std::string place_of_time(const std::vector<Timestamp>& bounds) {
  const auto runs = runs_of(bounds);
  if (runs.size() > most_runs) return place_by_search(bounds);
  if (runs.size() == 1) return place_in(runs[0]);
  std::string choice = "multiIf(";
  for (std::size_t i = 0; i + 1 < runs.size(); ++i)
    choice += fmt::format("at < {}, {}, ", runs[i + 1].begin, place_in(runs[i]));
  return choice + place_in(runs.back()) + ")";
}

/// One axis with group 1 in the ranges and 0 between them.
TimeAxis axis_of(const std::vector<TimeRange>& ranges) {
  TimeAxis axis;
  axis.size = 2;
  for (const auto& range : ranges) {
    if (!axis.bounds.empty() && axis.bounds.back() == range.begin) {
      axis.bounds.back() = range.end;
      continue;
    }
    if (!axis.bounds.empty()) axis.groups.push_back(0);
    axis.bounds.insert(axis.bounds.end(), {range.begin, range.end});
    axis.groups.push_back(1);
  }
  return axis;
}

}  // namespace

std::string group_of_time(const TimeAxis& axis) {
  const auto place = place_of_time(axis.bounds);
  const auto is_its_place = [&, at = std::uint32_t{0}](std::uint32_t group) mutable { return group == at++; };
  if (std::ranges::all_of(axis.groups, is_its_place)) return fmt::format("toInt64({})", place);
  return fmt::format("toInt64(arrayElement([{}], toInt64(1 + {})))", fmt::join(axis.groups, ","), place);
}

std::string in_moments(const std::vector<TimeRange>& moments) {
  if (moments.empty()) return "0";
  const auto hull =
      fmt::format("at >= {} AND at < {}", bounded(moments.front().begin), bounded(moments.back().end));
  const auto axis = axis_of(moments);
  if (axis.groups.size() == 1) return hull;
  return fmt::format("{} AND {} = 1", hull, group_of_time(axis));
}

bool are_all_moments(const std::vector<TimeRange>& moments) {
  return moments.size() == 1 && to_unix_ms(moments[0].begin) <= earliest &&
         to_unix_ms(moments[0].end) >= latest;
}

}  // namespace cloudcart::analytics
