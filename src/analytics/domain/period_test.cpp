#include "analytics/domain/period.h"

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;

Date date(std::string_view text) {
  return parse_date(text).value();
}
Timestamp moment(std::string_view text) {
  return parse_rfc3339(text).value();
}
DateRange dates(std::string_view from, std::string_view to) {
  return {date(from), date(to)};
}

const TimeZone london = TimeZone::load("Europe/London").value();
const Timestamp noon = moment("2026-07-15T12:00:00.000Z");

TEST(DayBoundsTest, DaysOfClockChangesHave23And25Hours) {
  const auto spring = day_bounds(dates("2026-03-28", "2026-03-30"), london);
  EXPECT_EQ(spring[1] - spring[0], 24h);
  EXPECT_EQ(spring[2] - spring[1], 23h);
  const auto autumn = day_bounds(dates("2026-10-25", "2026-10-25"), london);
  EXPECT_EQ(autumn.size(), 2u);
  EXPECT_EQ(autumn[1] - autumn[0], 25h);
}

TEST(DayOfTest, FollowsTheZoneAndNotUtc) {
  EXPECT_EQ(day_of(moment("2026-07-14T23:30:00.000Z"), london), date("2026-07-15"));
  EXPECT_EQ(day_of(moment("2026-01-14T23:30:00.000Z"), london), date("2026-01-14"));
}

TEST(DayOfTest, AnHourRepeatedAcrossMidnightStaysInTheDayThatHasBegun) {
  // Newfoundland's clocks went back from 00:01 to 23:01 of the day before.
  const auto zone = TimeZone::load("America/St_Johns").value();
  const auto repeated = moment("2009-11-01T02:45:00.000Z");
  ASSERT_EQ(zone.date_of(repeated), date("2009-10-31"));
  EXPECT_EQ(day_of(repeated, zone), date("2009-11-01"));
  EXPECT_LE(zone.start_of(date("2009-11-01")), repeated);
}

TEST(ComparisonTest, PeriodsBeforeAreAsLongAndTouch) {
  EXPECT_EQ(compared_dates(Comparison::previous_period, dates("2026-03-01", "2026-03-10")),
            dates("2026-02-19", "2026-02-28"));
}

TEST(ComparisonTest, AYearBeforeHasTheSameDates) {
  EXPECT_EQ(compared_dates(Comparison::previous_year, dates("2025-01-01", "2025-12-31")),
            dates("2024-01-01", "2024-12-31"));
  EXPECT_EQ(compared_dates(Comparison::previous_year, dates("2024-02-29", "2024-02-29")),
            dates("2023-02-28", "2023-02-28"));
}

TEST(ComparisonTest, MatchingWeekdaysAreWholeWeeksEarlierWithoutOverlap) {
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-07")),
            dates("2025-12-29", "2025-12-31"));
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-12")),
            dates("2025-12-22", "2025-12-29"));
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-11")),
            dates("2025-12-29", "2026-01-04"));
}

TEST(ComparisonTest, AYearBeforeOfALongPeriodOverlapsIt) {
  EXPECT_EQ(compared_dates(Comparison::previous_year, dates("2024-01-01", "2025-12-31")),
            dates("2023-01-01", "2024-12-31"));
}

TEST(ComparisonTest, AYearBeforeGoesWithTheCalendarAcrossLeapDays) {
  const auto pairs = [](DateRange period) {
    std::vector<std::string> days;
    for (int i = 0; i < period.days(); ++i)
      days.push_back(
          to_date_string(compared_date(Comparison::previous_year, period, add_days(period.from, i))));
    return days;
  };
  using Days = std::vector<std::string>;
  EXPECT_EQ(pairs(dates("2024-02-28", "2024-03-01")), (Days{"2023-02-28", "2023-02-28", "2023-03-01"}));
  EXPECT_EQ(pairs(dates("2025-02-28", "2025-03-01")), (Days{"2024-02-28", "2024-03-01"}));
  EXPECT_EQ(pairs(dates("2025-12-31", "2026-01-01")), (Days{"2024-12-31", "2025-01-01"}));
}

TEST(ComparisonTest, EachHasANameOfItsOwn) {
  for (const auto& definition : all_comparisons()) {
    EXPECT_EQ(parse_comparison(definition.name), definition.comparison);
    EXPECT_EQ(to_string(definition.comparison), definition.name);
  }
  EXPECT_EQ(parse_comparison("last_week"), std::nullopt);
}

TEST(PeriodTest, ThePreviousPeriodIsAsLongAndRightBefore) {
  EXPECT_EQ((Period{dates("2026-07-09", "2026-07-15"), london}.previous()),
            dates("2026-07-02", "2026-07-08"));
  EXPECT_EQ((Period{dates("2026-03-01", "2026-03-01"), london}.previous()),
            dates("2026-02-28", "2026-02-28"));
}

TEST(PeriodTest, ThePreviousDaysAreThoseOfTheComparisonAskedFor) {
  const PeriodRequest request{.days = 30, .comparison = Comparison::previous_year};
  const Extent recent{moment("2020-01-01T00:00:00.000Z"), noon};
  for (const auto& period :
       {days_up_to_today(request, 7, london, noon), latest_days(request, 7, london, noon, recent)}) {
    EXPECT_EQ(period.dates, dates("2026-06-16", "2026-07-15"));
    EXPECT_EQ(period.comparison, Comparison::previous_year);
    EXPECT_EQ(period.previous(), dates("2025-06-16", "2025-07-15"));
    EXPECT_EQ(period.previous(date("2026-07-01")), date("2025-07-01"));
  }
  const auto months = latest_months({.comparison = Comparison::previous_year}, 1, london, noon, std::nullopt);
  EXPECT_EQ(months.previous(), dates("2025-07-01", "2025-07-31"));
  const auto all = whole_history({.comparison = Comparison::previous_year}, london, noon, recent);
  EXPECT_EQ(all.previous(), dates("2019-01-01", "2025-07-15"));
}

TEST(DaysUpToTodayTest, TodayIsTheZonesToday) {
  const auto late = moment("2026-07-15T23:30:00.000Z");
  EXPECT_EQ(days_up_to_today({}, 7, london, late).dates, dates("2026-07-10", "2026-07-16"));
  EXPECT_EQ(days_up_to_today({.zone = TimeZone{}}, 7, london, late).dates, dates("2026-07-09", "2026-07-15"));
  EXPECT_EQ(days_up_to_today({.days = 1}, 7, london, noon).dates, dates("2026-07-15", "2026-07-15"));
}

TEST(LatestDaysTest, FallsBackToTheLastDayWithDataOnlyWhenTheWindowIsEmpty) {
  const auto first = moment("2020-01-01T00:00:00.000Z");
  const auto at_edge = latest_days({}, 7, london, noon, Extent{first, moment("2026-07-08T23:00:00.000Z")});
  EXPECT_EQ(at_edge.anchor, Anchor::today);
  const auto before = latest_days({}, 7, london, noon, Extent{first, moment("2026-07-08T22:59:59.999Z")});
  EXPECT_EQ(before.anchor, Anchor::last_data);
  EXPECT_EQ(before.dates, dates("2026-07-02", "2026-07-08"));
  EXPECT_EQ(latest_days({}, 7, london, noon, std::nullopt).dates, dates("2026-07-09", "2026-07-15"));
}

TEST(LatestDaysTest, AsManyDaysAsWereAskedForEndOnTheLastOneWithData) {
  const Extent old{moment("2010-12-01T08:26:00.000Z"), moment("2011-12-09T12:50:00.000Z")};
  const auto period = latest_days({.days = 365}, 7, london, noon, old);
  EXPECT_EQ(period.anchor, Anchor::last_data);
  EXPECT_EQ(period.dates, dates("2010-12-10", "2011-12-09"));
  // The window of thirty days holds what that of seven does not.
  const Extent recent{old.first, noon - 20 * 24h};
  EXPECT_EQ(latest_days({}, 7, london, noon, recent).anchor, Anchor::last_data);
  EXPECT_EQ(latest_days({.days = 30}, 7, london, noon, recent).anchor, Anchor::today);
  EXPECT_EQ(latest_days({.days = 30}, 7, london, noon, recent).dates, dates("2026-06-16", "2026-07-15"));
}

TEST(LatestDaysTest, DatesThatWereAskedForAreKept) {
  const auto asked = dates("2026-01-01", "2026-01-31");
  const auto period = latest_days({.dates = asked}, 7, london, noon, Extent{Timestamp{}, Timestamp{}});
  EXPECT_EQ(period.dates, asked);
  EXPECT_EQ(period.anchor, Anchor::today);
}

TEST(LatestMonthsTest, EndWithTheRunningMonthOrTheLastWithData) {
  const auto now = moment("2026-03-31T23:30:00.000Z");  // April already
  const auto latest = [&](int months, const std::optional<Extent>& extent) {
    return latest_months({}, months, london, now, extent).dates;
  };
  EXPECT_EQ(latest(1, {}), dates("2026-04-01", "2026-04-30"));
  EXPECT_EQ(latest(12, {}), dates("2025-05-01", "2026-04-30"));
  const Extent old{moment("2010-12-01T08:26:00.000Z"), moment("2011-12-09T12:50:00.000Z")};
  EXPECT_EQ(latest(3, old), dates("2011-10-01", "2011-12-31"));
  EXPECT_EQ(latest_months({}, 3, london, now, old).anchor, Anchor::last_data);
  EXPECT_EQ(latest_months({.zone = TimeZone{}}, 1, london, now, {}).dates.to, date("2026-03-31"));
}

TEST(WholeHistoryTest, IsOnlyTheDaysAskedFor) {
  const Extent extent{moment("2010-12-01T08:26:00.000Z"), noon};
  EXPECT_EQ(whole_history({.days = 2}, london, noon, extent).dates, dates("2026-07-14", "2026-07-15"));
  const auto asked = dates("2011-01-01", "2011-01-31");
  EXPECT_EQ(whole_history({.dates = asked}, london, noon, extent).dates, asked);
}

TEST(WholeHistoryTest, ReachesFromTheFirstDayWithDataToToday) {
  const Extent extent{moment("2010-12-01T08:26:00.000Z"), moment("2011-12-09T12:50:00.000Z")};
  EXPECT_EQ(whole_history({}, london, noon, extent).dates, dates("2010-12-01", "2026-07-15"));
  EXPECT_EQ(whole_history({}, london, noon, std::nullopt).dates, dates("2026-07-15", "2026-07-15"));
  const Extent ahead{noon + 24h, noon + 48h};
  EXPECT_EQ(whole_history({}, london, noon, ahead).dates, dates("2026-07-15", "2026-07-17"));
}

}  // namespace
}  // namespace cloudcart::analytics
