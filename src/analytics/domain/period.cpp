#include "analytics/domain/period.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

TimeZone zone_of(const PeriodRequest& request, const TimeZone& shop_zone) {
  return request.zone.value_or(shop_zone);
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

DateRange Period::previous() const {
  return days_up_to(add_days(dates.from, -1), dates.days());
}

Period days_up_to_today(const PeriodRequest& request, int default_days, const TimeZone& shop_zone,
                        Timestamp now) {
  const auto zone = zone_of(request, shop_zone);
  const auto latest = days_up_to(day_of(now, zone), request.days.value_or(default_days));
  return {.dates = request.dates.value_or(latest), .zone = zone};
}

Period latest_days(const PeriodRequest& request, int days, const TimeZone& shop_zone, Timestamp now,
                   const std::optional<Extent>& extent) {
  auto period = days_up_to_today(request, days, shop_zone, now);
  if (request.dates || !extent || extent->last >= period.range().begin) return period;
  period.dates = days_up_to(day_of(extent->last, period.zone), days);
  period.anchor = Anchor::last_data;
  return period;
}

Period latest_months(const PeriodRequest& request, int months, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent) {
  const auto zone = zone_of(request, shop_zone);
  Period period{.dates = months_up_to(day_of(now, zone), months), .zone = zone};
  if (!extent || extent->last >= period.range().begin) return period;
  period.dates = months_up_to(day_of(extent->last, zone), months);
  period.anchor = Anchor::last_data;
  return period;
}

Period whole_history(const PeriodRequest& request, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent) {
  const auto zone = zone_of(request, shop_zone);
  if (request.dates) return {.dates = *request.dates, .zone = zone};
  const auto first = extent ? std::min(extent->first, now) : now;
  const auto last = extent ? std::max(extent->last, now) : now;
  return {.dates = {day_of(first, zone), day_of(last, zone)}, .zone = zone};
}

}  // namespace cloudcart::analytics
