#include "analytics/columns/time_groups.h"

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;

std::int64_t ms(std::string_view time) {
  return to_unix_ms(at(time));
}
const Span january{ms("2026-01-01T00:00:00.000Z"), ms("2026-01-31T23:59:59.999Z")};
constexpr auto outside = TimeGroups::outside;

TEST(QuarterTest, RoundsDownAlsoBefore1970) {
  EXPECT_EQ(quarter_of(0), 0);
  EXPECT_EQ(quarter_of(quarter_hour_ms - 1), 0);
  EXPECT_EQ(quarter_of(quarter_hour_ms), 1);
  EXPECT_EQ(quarter_of(-1), -1);
  EXPECT_EQ(quarter_of(-quarter_hour_ms), -1);
  EXPECT_EQ(quarter_of(-quarter_hour_ms - 1), -2);
}

TEST(TimeGroupsTest, WithoutAxesThereIsOneGroupWithinTheMoments) {
  const TimeGroups times({{at("2026-01-05T10:07:00.000Z"), at("2026-01-06T10:08:00.001Z")}}, {}, january);
  EXPECT_EQ(times.size(), 1u);
  EXPECT_EQ(times(ms("2026-01-05T10:06:59.999Z")), outside);
  EXPECT_EQ(times(ms("2026-01-05T10:07:00.000Z")), 0u);
  EXPECT_EQ(times(ms("2026-01-06T10:08:00.000Z")), 0u);
  EXPECT_EQ(times(ms("2026-01-06T10:08:00.001Z")), outside);
}

TEST(TimeGroupsTest, SeveralAxesAreNumberedByMixedRadix) {
  const auto days = axis_between(
      {at("2026-01-05T00:00:00.000Z"), at("2026-01-06T00:00:00.000Z"), at("2026-01-07T00:00:00.000Z")});
  const TimeAxis halves{
      {at("2026-01-05T00:00:00.000Z"), at("2026-01-05T12:00:00.000Z"), at("2026-01-06T00:00:00.000Z"),
       at("2026-01-06T12:00:00.000Z"), at("2026-01-07T00:00:00.000Z")},
      {0, 1, 0, 1},
      2};
  const TimeGroups times({days.range()}, {&days, &halves}, january);
  EXPECT_EQ(times.size(), 4u);
  EXPECT_EQ(times(ms("2026-01-05T11:59:59.999Z")), 0u);
  EXPECT_EQ(times(ms("2026-01-05T12:00:00.000Z")), 1u);
  EXPECT_EQ(times(ms("2026-01-06T00:00:00.000Z")), 2u);
  EXPECT_EQ(times(ms("2026-01-06T23:59:59.999Z")), 3u);
  EXPECT_EQ(times(ms("2026-01-07T00:00:00.000Z")), outside);
}

TEST(TimeGroupsTest, BoundsWithinAQuarterAreExactToo) {
  const auto minutes = axis_between(
      {at("2026-01-05T00:00:00.000Z"), at("2026-01-05T00:01:00.000Z"), at("2026-01-05T00:02:00.000Z")});
  const TimeGroups times({{at("2026-01-05T00:00:30.000Z"), at("2026-01-05T00:00:50.000Z")},
                          {at("2026-01-05T00:01:10.000Z"), at("2026-01-05T00:02:00.000Z")}},
                         {&minutes}, january);
  EXPECT_EQ(times(ms("2026-01-05T00:00:29.999Z")), outside);
  EXPECT_EQ(times(ms("2026-01-05T00:00:30.000Z")), 0u);
  EXPECT_EQ(times(ms("2026-01-05T00:00:50.000Z")), outside);
  EXPECT_EQ(times(ms("2026-01-05T00:01:59.999Z")), 1u);
}

TEST(TimeGroupsTest, AllTimeReachesAsFarAsTheData) {
  const TimeGroups times({all_time}, {}, january);
  EXPECT_EQ(times(january.first), 0u);
  EXPECT_EQ(times(january.last), 0u);
  const TimeGroups nothing({all_time}, {}, Span{});
  EXPECT_EQ(nothing(0), outside);
}

}  // namespace
}  // namespace cloudcart::analytics
