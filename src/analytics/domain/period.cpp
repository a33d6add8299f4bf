#include "analytics/domain/period.h"

#include <algorithm>
#include <utility>

namespace cloudcart::analytics {
namespace {

constexpr std::array<ComparisonDefinition, 3> comparisons{{
    {Comparison::previous_period, "previous_period", "As many days, right before."},
    {Comparison::previous_year, "previous_year",
     "The same dates a year earlier; 28 February stands for the 29th."},
    {Comparison::matching_weekdays, "matching_weekdays",
     "As many days, whole weeks earlier: the least number of weeks by which the two do not overlap, so that "
     "Mondays meet "
     "Mondays."},
}};

Date year_before(Date date) {
  const Date before{date.year() - std::chrono::years{1}, date.month(), date.day()};
  return before.ok() ? before : Date{before.year() / before.month() / std::chrono::last};
}

TimeZone zone_of(const PeriodRequest& request, const TimeZone& shop_zone) {
  return request.zone.value_or(shop_zone);
}

/// These days, with the rest of what was asked for.
Period period_of(const PeriodRequest& request, DateRange dates, TimeZone zone) {
  return {.dates = dates,
          .zone = std::move(zone),
          .comparison = request.comparison.value_or(Comparison::previous_period)};
}

DateRange days_up_to(Date last, int days) {
  return {add_days(last, 1 - days), last};
}

DateRange months_up_to(Date last, int months) {
  const std::chrono::year_month month{last.year(), last.month()};
  return {(month - std::chrono::months{months - 1}) / std::chrono::day{1}, Date{month / std::chrono::last}};
}

}  // namespace

Date day_of(Timestamp time, const TimeZone& zone) {
  const Date date = zone.date_of(time);
  const Date next = add_days(date, 1);
  return zone.start_of(next) <= time ? next : date;
}

std::vector<Timestamp> day_bounds(DateRange dates, const TimeZone& zone) {
  std::vector<Timestamp> bounds;
  const int days = dates.days();
  bounds.reserve(static_cast<std::size_t>(days) + 1);
  for (int i = 0; i <= days; ++i) bounds.push_back(zone.start_of(add_days(dates.from, i)));
  return bounds;
}

const std::array<ComparisonDefinition, 3>& all_comparisons() {
  return comparisons;
}

std::string_view to_string(Comparison comparison) {
  return std::ranges::find(comparisons, comparison, &ComparisonDefinition::comparison)->name;
}

std::optional<Comparison> parse_comparison(std::string_view name) {
  const auto* const found = std::ranges::find(comparisons, name, &ComparisonDefinition::name);
  if (found == comparisons.end()) return std::nullopt;
  return found->comparison;
}

Date compared_date(Comparison comparison, DateRange dates, Date date) {
  if (comparison == Comparison::previous_year) return year_before(date);
  const int days = dates.days();
  return add_days(date, -(comparison == Comparison::previous_period ? days : (days + 6) / 7 * 7));
}

DateRange compared_dates(Comparison comparison, DateRange dates) {
  return {compared_date(comparison, dates, dates.from), compared_date(comparison, dates, dates.to)};
}

Period days_up_to_today(const PeriodRequest& request, int default_days, const TimeZone& shop_zone,
                        Timestamp now) {
  const auto zone = zone_of(request, shop_zone);
  const auto latest = days_up_to(day_of(now, zone), request.days.value_or(default_days));
  return period_of(request, request.dates.value_or(latest), zone);
}

Period latest_days(const PeriodRequest& request, int default_days, const TimeZone& shop_zone, Timestamp now,
                   const std::optional<Extent>& extent) {
  auto period = days_up_to_today(request, default_days, shop_zone, now);
  if (request.dates || !extent || extent->last >= period.range().begin) return period;
  period.dates = days_up_to(day_of(extent->last, period.zone), period.dates.days());
  period.anchor = Anchor::last_data;
  return period;
}

Period latest_months(const PeriodRequest& request, int months, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent) {
  const auto zone = zone_of(request, shop_zone);
  auto period = period_of(request, months_up_to(day_of(now, zone), months), zone);
  if (!extent || extent->last >= period.range().begin) return period;
  period.dates = months_up_to(day_of(extent->last, zone), months);
  period.anchor = Anchor::last_data;
  return period;
}

Period whole_history(const PeriodRequest& request, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent) {
  if (request.has_days()) return days_up_to_today(request, 1, shop_zone, now);
  const auto zone = zone_of(request, shop_zone);
  const auto first = extent ? std::min(extent->first, now) : now;
  const auto last = extent ? std::max(extent->last, now) : now;
  return period_of(request, {day_of(first, zone), day_of(last, zone)}, zone);
}

}  // namespace cloudcart::analytics
