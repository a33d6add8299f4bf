#include "analytics/domain/heat_map.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;

const auto later = at("2030-01-01T00:00:00.000Z");

Date day(std::string_view text) {
  return parse_date(text).value();
}

std::vector<HeatMapCell> empty_map(DateRange dates, std::string_view zone, Timestamp now) {
  return heat_map_from(heat_map_query(dates, TimeZone::load(zone).value()), {}, now);
}

TEST(HeatMapTest, HasEveryHourOfTheWeekFromMondayOn) {
  const auto cells = empty_map({day("2026-07-06"), day("2026-07-19")}, "Europe/London", later);
  ASSERT_EQ(cells.size(), hours_of_the_week);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ(cells[i].weekday, i / 24);
    EXPECT_EQ(cells[i].hour, i % 24);
    EXPECT_EQ(cells[i].hours, 2);
  }
}

TEST(HeatMapTest, FiguresStandAtTheirHour) {
  CubeAnswer answer;
  answer.rows.push_back(
      {.members = {2u, 13u}, .names = {}, .figures = {.placed_orders = 5}, .last_order_at = {}});
  const auto query = heat_map_query({day("2026-07-06"), day("2026-07-12")}, TimeZone{});
  const auto cells = heat_map_from(query, answer, later);
  EXPECT_EQ(cells[2 * 24 + 13].figures.placed_orders, 5);
  EXPECT_EQ(cells[2 * 24 + 12].figures, SalesFigures{});
}

TEST(HeatMapTest, AnHourThatAClockChangeLeavesOutOrRepeatsIsCountedAsItWas) {
  // Sunday, 29 March 2026: one o'clock does not happen. Sunday, 25 October 2026: it happens twice.
  const auto spring = empty_map({day("2026-03-29"), day("2026-03-29")}, "Europe/London", later);
  EXPECT_EQ(spring[6 * 24 + 0].hours, 1);
  EXPECT_EQ(spring[6 * 24 + 1].hours, 0);
  EXPECT_EQ(spring[6 * 24 + 2].hours, 1);
  const auto autumn = empty_map({day("2026-10-25"), day("2026-10-25")}, "Europe/London", later);
  EXPECT_EQ(autumn[6 * 24 + 1].hours, 2);
  EXPECT_EQ(autumn[6 * 24 + 2].hours, 1);
}

TEST(HeatMapTest, HoursThatHaveNotBegunDoNotCount) {
  const auto cells = empty_map({day("2026-07-13"), day("2026-07-14")}, "UTC", at("2026-07-14T10:00:00.000Z"));
  EXPECT_EQ(cells[0 * 24 + 23].hours, 1);
  EXPECT_EQ(cells[1 * 24 + 10].hours, 1);
  EXPECT_EQ(cells[1 * 24 + 11].hours, 0);
}

TEST(HeatMapPropertyTest, EveryHourOfThePeriodIsCountedOnce) {
  EXPECT_TRUE(rc::check([] {
    const auto* const name = *rc::gen::element("Europe/London", "America/New_York", "Asia/Kathmandu",
                                               "America/Havana", "Pacific/Kiritimati");
    const auto from = add_days(day("2020-01-01"), *rc::gen::inRange(0, 3000));
    const DateRange dates{from, add_days(from, *rc::gen::inRange(0, 60))};
    std::int64_t counted = 0;
    for (const auto& cell : empty_map(dates, name, later)) counted += cell.hours;
    const Period period{.dates = dates, .zone = TimeZone::load(name).value()};
    const auto range = period.range();
    RC_ASSERT(std::chrono::hours{counted} == range.end - range.begin);
  }));
}

}  // namespace
}  // namespace cloudcart::analytics
