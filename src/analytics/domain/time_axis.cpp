#include "analytics/domain/time_axis.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

using std::chrono::hours;

Date monday_of(Date date) {
  const std::chrono::weekday day{std::chrono::sys_days{date}};
  return add_days(date, 1 - static_cast<int>(day.iso_encoding()));
}

Date first_of_month(Date date) {
  return {date.year(), date.month(), std::chrono::day{1}};
}

/// The day on which the next week or month begins.
Date next_start(Dimension dimension, Date date) {
  if (dimension == Dimension::week) return add_days(monday_of(date), 7);
  if (dimension == Dimension::month) {
    const auto next = std::chrono::year_month{date.year(), date.month()} + std::chrono::months{1};
    return {next.year(), next.month(), std::chrono::day{1}};
  }
  return add_days(date, 1);
}

std::string label_of(Dimension dimension, Date date) {
  if (dimension == Dimension::week) return to_date_string(monday_of(date));
  if (dimension == Dimension::month) return to_date_string(first_of_month(date)).substr(0, 7);
  return to_date_string(date);
}

milliseconds offset_at(Timestamp time, const TimeZone& zone) {
  return std::chrono::sys_days{zone.date_of(time)} + zone.time_of_day(time) - time;
}

std::string hour_label(Timestamp start, const TimeZone& zone) {
  const auto date = zone.date_of(start);
  const auto clock = zone.time_of_day(start);
  const auto offset = std::chrono::floor<std::chrono::minutes>(offset_at(start, zone)).count();
  const auto minute = std::chrono::floor<std::chrono::minutes>(clock).count();
  return fmt::format("{}T{:02}:{:02}:00{}{:02}:{:02}", to_date_string(date), minute / 60, minute % 60,
                     offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

/// When the clock shows the next hour, or is moved before that: clocks move by half an hour, or within one, too.
Timestamp end_of_hour(Timestamp start, const TimeZone& zone) {
  auto end = start + hours{1} - zone.time_of_day(start) % hours{1};
  const auto offset = offset_at(start, zone);
  if (offset_at(end - milliseconds{1}, zone) == offset) return end;
  auto before = start;
  while (end - before > milliseconds{1}) {
    const auto middle = before + (end - before) / 2;
    (offset_at(middle, zone) == offset ? before : end) = middle;
  }
  return end;
}

/// Where the hours of a day begin.
std::vector<Timestamp> hour_starts(Date date, const TimeZone& zone) {
  std::vector<Timestamp> starts;
  const auto begin = zone.start_of(date), end = zone.start_of(add_days(date, 1));
  const bool clock_stays = zone.time_of_day(begin) % hours{1} == milliseconds{0} &&
                           offset_at(begin, zone) == offset_at(end - milliseconds{1}, zone);
  for (auto hour = begin; hour < end; hour = clock_stays ? hour + hours{1} : end_of_hour(hour, zone))
    starts.push_back(hour);
  return starts;
}

LabelledAxis days_weeks_or_months(Dimension dimension, DateRange dates, const TimeZone& zone) {
  LabelledAxis made;
  const Date end = add_days(dates.to, 1);
  for (Date date = dates.from; date < end; date = next_start(dimension, date)) {
    made.axis.bounds.push_back(zone.start_of(date));
    made.groups.push_back(
        {label_of(dimension, date), zone.start_of(std::min(next_start(dimension, date), end))});
  }
  return made;
}

LabelledAxis all_hours(DateRange dates, const TimeZone& zone) {
  LabelledAxis made;
  for (Date date = dates.from; date <= dates.to; date = add_days(date, 1)) {
    for (const auto start : hour_starts(date, zone)) {
      if (!made.groups.empty()) made.groups.back().end = start;
      made.axis.bounds.push_back(start);
      made.groups.push_back({hour_label(start, zone), start});
    }
  }
  made.groups.back().end = zone.start_of(add_days(dates.to, 1));
  return made;
}

LabelledAxis cycle(Dimension dimension, DateRange dates, const TimeZone& zone) {
  LabelledAxis made;
  for (Date date = dates.from; date <= dates.to; date = add_days(date, 1)) {
    if (dimension == Dimension::weekday) {
      made.axis.bounds.push_back(zone.start_of(date));
      made.axis.groups.push_back(std::chrono::weekday{std::chrono::sys_days{date}}.iso_encoding() - 1);
      continue;
    }
    for (const auto start : hour_starts(date, zone)) {
      made.axis.bounds.push_back(start);
      made.axis.groups.push_back(static_cast<std::uint32_t>(zone.hour_of(start)));
    }
  }
  made.axis.size = dimension == Dimension::weekday ? 7 : 24;
  const auto end = zone.start_of(add_days(dates.to, 1));
  for (std::uint32_t group = 0; group < made.axis.size; ++group)
    made.groups.push_back(
        {dimension == Dimension::weekday ? std::string{weekday_names[group]} : std::to_string(group), end});
  return made;
}

void number_groups(TimeAxis& axis) {
  axis.size = static_cast<std::uint32_t>(axis.bounds.size() - 1);
  axis.groups.resize(axis.size);
  for (std::uint32_t group = 0; group < axis.size; ++group) axis.groups[group] = group;
}

}  // namespace

LabelledAxis time_axis(Dimension dimension, DateRange dates, const TimeZone& zone) {
  const bool is_cycle = definition_of(dimension).kind == DimensionKind::cycle;
  auto made = is_cycle                       ? cycle(dimension, dates, zone)
              : dimension == Dimension::hour ? all_hours(dates, zone)
                                             : days_weeks_or_months(dimension, dates, zone);
  made.axis.bounds.push_back(zone.start_of(add_days(dates.to, 1)));
  if (!is_cycle) number_groups(made.axis);
  return made;
}

std::int64_t time_axis_size(Dimension dimension, DateRange dates) {
  switch (dimension) {
    case Dimension::hour:
      return std::int64_t{dates.days()} * 24;
    case Dimension::day:
      return dates.days();
    case Dimension::week:
      return dates.days() / 7 + 2;
    case Dimension::month:
      return dates.days() / 28 + 2;
    case Dimension::weekday:
      return 7;
    case Dimension::hour_of_day:
      return 24;
    default:
      return 0;
  }
}

std::vector<TimeRange> stretches_of(const TimeAxis& axis, const std::vector<std::uint32_t>& groups,
                                    bool exclude) {
  std::vector<TimeRange> stretches;
  for (std::size_t i = 0; i < axis.groups.size(); ++i) {
    const bool listed = std::ranges::find(groups, axis.groups[i]) != groups.end();
    if (listed == exclude) continue;
    if (!stretches.empty() && stretches.back().end == axis.bounds[i]) {
      stretches.back().end = axis.bounds[i + 1];
    } else {
      stretches.push_back({axis.bounds[i], axis.bounds[i + 1]});
    }
  }
  return stretches;
}

std::vector<TimeRange> intersection(const std::vector<TimeRange>& a, const std::vector<TimeRange>& b) {
  std::vector<TimeRange> common;
  for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
    const TimeRange both{std::max(left->begin, right->begin), std::min(left->end, right->end)};
    if (both.begin < both.end) common.push_back(both);
    left->end < right->end ? ++left : ++right;
  }
  return common;
}

std::vector<TimeRange> complement_of(const std::vector<TimeRange>& ranges) {
  std::vector<TimeRange> others;
  auto begin = Timestamp::min();
  for (const auto& range : ranges) {
    if (begin < range.begin) others.push_back({begin, range.begin});
    begin = range.end;
  }
  if (begin < Timestamp::max()) others.push_back({begin, Timestamp::max()});
  return others;
}

TimeAxis axis_between(std::vector<Timestamp> bounds) {
  TimeAxis axis;
  axis.bounds = std::move(bounds);
  number_groups(axis);
  return axis;
}

}  // namespace cloudcart::analytics
