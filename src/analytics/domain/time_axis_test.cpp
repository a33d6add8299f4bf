#include "analytics/domain/time_axis.h"

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;

DateRange dates(std::string_view from, std::string_view to) {
  return {parse_date(from).value(), parse_date(to).value()};
}
Timestamp moment(std::string_view text) {
  return parse_rfc3339(text).value();
}
std::vector<std::string> labels(const LabelledAxis& axis) {
  std::vector<std::string> labels;
  for (const auto& group : axis.groups) labels.push_back(group.label);
  return labels;
}
using Labels = std::vector<std::string>;

const TimeZone london = TimeZone::load("Europe/London").value();

TEST(TimeAxisTest, AnHourThatClocksSkipIsLeftOutAndOneThatTheyRepeatIsThereTwice) {
  const auto spring = time_axis(Dimension::hour, dates("2026-03-29", "2026-03-29"), london);
  EXPECT_EQ(spring.axis.size, 23u);
  EXPECT_EQ(spring.groups[0].label, "2026-03-29T00:00:00+00:00");
  EXPECT_EQ(spring.groups[1].label, "2026-03-29T02:00:00+01:00");
  const auto autumn = time_axis(Dimension::hour, dates("2026-10-25", "2026-10-25"), london);
  EXPECT_EQ(autumn.axis.size, 25u);
  EXPECT_EQ(autumn.groups[1].label, "2026-10-25T01:00:00+01:00");
  EXPECT_EQ(autumn.groups[2].label, "2026-10-25T01:00:00+00:00");
  EXPECT_EQ(autumn.groups[24].end, moment("2026-10-26T00:00:00.000Z"));
}

TEST(TimeAxisTest, ZonesWestOfGreenwichAndHalfHoursAreLabelledWithTheirOffset) {
  const auto zone = TimeZone::load("America/St_Johns").value();
  const auto axis = time_axis(Dimension::hour, dates("2026-01-05", "2026-01-05"), zone);
  EXPECT_EQ(axis.groups[5].label, "2026-01-05T05:00:00-03:30");
  EXPECT_EQ(axis.axis.bounds[5], moment("2026-01-05T08:30:00.000Z"));
}

TEST(TimeAxisTest, WhereClocksMoveByHalfAnHourTheHoursThatTheyShowStayWhole) {
  const auto zone = TimeZone::load("Australia/Lord_Howe").value();
  const auto autumn = time_axis(Dimension::hour, dates("2011-04-03", "2011-04-03"), zone);
  const auto shown = labels(autumn);
  EXPECT_EQ(Labels(shown.begin(), shown.begin() + 4),
            (Labels{"2011-04-03T00:00:00+11:00", "2011-04-03T01:00:00+11:00", "2011-04-03T01:30:00+10:30",
                    "2011-04-03T02:00:00+10:30"}));
  EXPECT_EQ(shown.size(), 25u);
  EXPECT_EQ(autumn.groups[1].end, moment("2011-04-02T15:00:00.000Z"));
  const auto spring = time_axis(Dimension::hour, dates("2011-10-02", "2011-10-02"), zone);
  EXPECT_EQ(spring.groups[2].label, "2011-10-02T02:30:00+11:00");
  EXPECT_EQ(spring.groups[3].label, "2011-10-02T03:00:00+11:00");
  const auto cycle = time_axis(Dimension::hour_of_day, dates("2011-04-03", "2011-04-03"), zone);
  EXPECT_EQ(cycle.axis.groups[2], 1u);
  EXPECT_EQ(cycle.axis.groups[3], 2u);
}

TEST(TimeAxisTest, ClocksThatMoveWithinAnHourCutIt) {
  // A minute past midnight, until 2011.
  const auto zone = TimeZone::load("America/St_Johns").value();
  const auto spring = labels(time_axis(Dimension::hour, dates("2010-03-14", "2010-03-14"), zone));
  EXPECT_EQ(Labels(spring.begin(), spring.begin() + 3),
            (Labels{"2010-03-14T00:00:00-03:30", "2010-03-14T01:01:00-02:30", "2010-03-14T02:00:00-02:30"}));
  EXPECT_EQ(spring.size(), 24u);
}

TEST(TimeAxisTest, WeeksBeginOnMondaysAndEndWithThePeriod) {
  // 2026-01-01 is a Thursday.
  const auto axis = time_axis(Dimension::week, dates("2026-01-01", "2026-01-13"), london);
  EXPECT_EQ(labels(axis), (Labels{"2025-12-29", "2026-01-05", "2026-01-12"}));
  EXPECT_EQ(axis.axis.bounds.front(), moment("2026-01-01T00:00:00.000Z"));
  EXPECT_EQ(axis.axis.bounds.back(), moment("2026-01-14T00:00:00.000Z"));
  EXPECT_EQ(axis.groups[1].end, moment("2026-01-12T00:00:00.000Z"));
}

TEST(TimeAxisTest, MonthsFollowTheCalendar) {
  const auto axis = time_axis(Dimension::month, dates("2025-11-30", "2026-03-01"), london);
  EXPECT_EQ(labels(axis), (Labels{"2025-11", "2025-12", "2026-01", "2026-02", "2026-03"}));
  EXPECT_EQ(axis.groups[3].end - axis.axis.bounds[3], 28 * 24h);
}

TEST(TimeAxisTest, ACycleHasTheSameGroupsWhateverThePeriod) {
  const auto week = time_axis(Dimension::weekday, dates("2026-01-01", "2026-01-01"), london);
  EXPECT_EQ(week.axis.size, 7u);
  EXPECT_EQ(week.axis.groups, std::vector<std::uint32_t>{3});
  EXPECT_EQ(labels(week)[3], "thursday");
  const auto hours = time_axis(Dimension::hour_of_day, dates("2026-10-25", "2026-10-25"), london);
  EXPECT_EQ(hours.axis.size, 24u);
  EXPECT_EQ(hours.axis.groups.size(), 25u);
  EXPECT_EQ(std::ranges::count(hours.axis.groups, 1u), 2);
}

TEST(TimeAxisTest, IsNeverLargerThanItsSizeSays) {
  for (const auto& dimension : all_dimensions()) {
    if (!is_of_time(dimension.dimension)) continue;
    for (const auto& range : {dates("2026-03-01", "2026-04-30"), dates("2026-01-31", "2026-03-01")})
      EXPECT_LE(time_axis(dimension.dimension, range, london).axis.size,
                time_axis_size(dimension.dimension, range) + 1)
          << dimension.name;
  }
}

TEST(StretchesTest, AreJoinedWhereTheyTouch) {
  const auto axis = time_axis(Dimension::weekday, dates("2026-01-05", "2026-01-18"), london).axis;
  const auto weekends = stretches_of(axis, {5, 6}, false);
  ASSERT_EQ(weekends.size(), 2u);
  EXPECT_EQ(weekends[0], (TimeRange{moment("2026-01-10T00:00:00.000Z"), moment("2026-01-12T00:00:00.000Z")}));
  const auto working = stretches_of(axis, {5, 6}, true);
  ASSERT_EQ(working.size(), 2u);
  EXPECT_TRUE(intersection(weekends, working).empty());
  EXPECT_EQ(intersection(weekends, {axis.range()}), weekends);
  EXPECT_TRUE(stretches_of(axis, {}, false).empty());
}

}  // namespace
}  // namespace cloudcart::analytics
