#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/time_zone.h"

namespace cloudcart::analytics {

using Date = std::chrono::year_month_day;

/// Moments from `begin` on, before `end`.
struct TimeRange {
  Timestamp begin;
  Timestamp end;
  bool contains(Timestamp time) const { return begin <= time && time < end; }
  bool operator==(const TimeRange&) const = default;
};

/// Days with both ends included; `from` is not after `to`.
struct DateRange {
  Date from;
  Date to;
  int days() const {
    return static_cast<int>((std::chrono::sys_days{to} - std::chrono::sys_days{from}).count()) + 1;
  }
  bool operator==(const DateRange&) const = default;
};

/// The longest range that is answered.
constexpr int max_period_days = 3660;

/// The day that a moment belongs to: the last one whose start is not after it. Differs from the calendar date
/// only in an hour that a clock change at midnight repeats.
Date day_of(Timestamp time, const TimeZone& zone);

/// Consecutive days as moments: where each begins, and at the end where the last one ends.
std::vector<Timestamp> day_bounds(DateRange dates, const TimeZone& zone);

/// What the figures of a period are set beside.
enum class Comparison : std::uint8_t { previous_period, previous_year, matching_weekdays };

struct ComparisonDefinition {
  Comparison comparison;
  std::string_view name;
  std::string_view description;
};
const std::array<ComparisonDefinition, 3>& all_comparisons();
std::string_view to_string(Comparison comparison);
std::optional<Comparison> parse_comparison(std::string_view name);
/// The days that `dates` are compared with: as many, or of a year before as many as it has. They may overlap `dates`
/// where these are longer than a year.
DateRange compared_dates(Comparison comparison, DateRange dates);
/// The one of these that `date`, one of `dates`, is compared with.
Date compared_date(Comparison comparison, DateRange dates, Date date);

/// What a caller asked for; what is not given has defaults that differ from report to report.
struct PeriodRequest {
  std::optional<DateRange> dates;
  std::optional<int> days;  ///< the last ones; not together with dates
  std::optional<TimeZone> zone;
  std::optional<Comparison> comparison;

  /// Whether it says which days, in one way or the other.
  bool has_days() const { return dates || days; }
};

/// Where a period without dates ends.
enum class Anchor : std::uint8_t { today, last_data };

/// The days that a report is about, and those that they are compared with.
struct Period {
  DateRange dates;
  TimeZone zone;
  Anchor anchor = Anchor::today;
  Comparison comparison = Comparison::previous_period;

  DateRange previous() const { return compared_dates(comparison, dates); }
  /// The one of previous() that `date`, one of `dates`, is compared with.
  Date previous(Date date) const { return compared_date(comparison, dates, date); }
  TimeRange range() const { return {zone.start_of(dates.from), zone.start_of(add_days(dates.to, 1))}; }
};

/// When the first and the last thing happened; none in a shop without orders.
struct Extent {
  Timestamp first;
  Timestamp last;
  bool operator==(const Extent&) const = default;
};

/// The dates asked for, or `days` (else `default_days`) up to today.
Period days_up_to_today(const PeriodRequest& request, int default_days, const TimeZone& shop_zone,
                        Timestamp now);

/// The dates asked for, or the last `days` (else `default_days`) up to today; when nothing happened in these, as many
/// that end on the last day on which something did.
Period latest_days(const PeriodRequest& request, int default_days, const TimeZone& shop_zone, Timestamp now,
                   const std::optional<Extent>& extent);

/// The last `months` calendar months, the running one included; when nothing happened in these, those that end
/// with the last month in which something did.
Period latest_months(const PeriodRequest& request, int months, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent);

/// The dates or the last `days` asked for; or all days from the first on which something happened up to today (or the
/// last such day, where that is later).
Period whole_history(const PeriodRequest& request, const TimeZone& shop_zone, Timestamp now,
                     const std::optional<Extent>& extent);

}  // namespace cloudcart::analytics
