#include "import/domain/line_values.h"

#include <gtest/gtest.h>

#include "import/domain/clean_text.h"
#include "import/domain/date_shift.h"

namespace cloudcart::history {
namespace {

const TimeZone london = TimeZone::load("Europe/London").value();

std::string time_of(std::string_view text) {
  const auto time = parse_line_time(text, london);
  return time ? to_rfc3339(*time) : "none";
}

TEST(LineTimeTest, WallClockOfTheShop) {
  EXPECT_EQ(time_of("2010-12-01 08:26:00"), "2010-12-01T08:26:00.000Z");
  EXPECT_EQ(time_of("2011-07-01 08:26:00"), "2011-07-01T07:26:00.000Z") << "summer time";
  EXPECT_EQ(time_of("2011-07-01T08:26"), "2011-07-01T07:26:00.000Z");
  EXPECT_EQ(time_of("2011-07-01 08:26:10.2501"), "2011-07-01T07:26:10.250Z");
  EXPECT_EQ(time_of("2011-07-01"), "2011-06-30T23:00:00.000Z");
}

TEST(LineTimeTest, MonthBeforeDay) {
  EXPECT_EQ(time_of("12/1/2010 8:26"), "2010-12-01T08:26:00.000Z");
  EXPECT_EQ(time_of("2/28/2011 18:05:09"), "2011-02-28T18:05:09.000Z");
  EXPECT_EQ(time_of("28/2/2011 18:05"), "none") << "there is no month 28";
}

TEST(LineTimeTest, OffsetsAndUnixSeconds) {
  EXPECT_EQ(time_of("2011-07-01T08:26:00Z"), "2011-07-01T08:26:00.000Z");
  EXPECT_EQ(time_of("2011-07-01T08:26:00+02:00"), "2011-07-01T06:26:00.000Z");
  EXPECT_EQ(time_of("2011-07-01 08:26:00 -0130"), "2011-07-01T09:56:00.000Z");
  EXPECT_EQ(time_of("1291191960"), "2010-12-01T08:26:00.000Z");
}

TEST(LineTimeTest, WhatIsNoTime) {
  for (const auto* text : {"", " ", "yesterday", "2010-13-01", "2010-02-30 10:00", "2010-12-01 24:00",
                           "2010-12-01 10:60", "2010-12-01 10:00:60", "2010-12-01 10", "2010-12-01x10:00",
                           "2010-12-01 10:00 pm", "1/2/3", "20101201", "1291191960000", "1969-12-31 10:00",
                           "2200-01-01", "2010-12-01 10:00:00.", "2010-12-01 10:00+25:00"})
    EXPECT_EQ(time_of(text), "none") << text;
}

TEST(QuantityTest, WholeNumbers) {
  EXPECT_EQ(parse_quantity("6"), 6);
  EXPECT_EQ(parse_quantity("-80995"), -80'995);
  EXPECT_EQ(parse_quantity("6.0"), 6);
  EXPECT_EQ(parse_quantity("-6.000"), -6);
  EXPECT_EQ(parse_quantity("1000000000"), 1'000'000'000);
  for (const auto* text :
       {"", "-", "six", "1.5", "1e3", "1,000", "1000000001", "99999999999999999999", ".0", "1.0.0", "-.0"})
    EXPECT_EQ(parse_quantity(text), std::nullopt) << text;
}

TEST(UnitPriceTest, ExactInMinorUnits) {
  const auto minor = [](std::string_view text) {
    return parse_unit_price(text).value().amount.minor_units();
  };
  EXPECT_EQ(minor("2.55"), 255);
  EXPECT_EQ(minor("2.5"), 250);
  EXPECT_EQ(minor("2"), 200);
  EXPECT_EQ(minor("2."), 200);
  EXPECT_EQ(minor(".5"), 50);
  EXPECT_EQ(minor("2.550000"), 255);
  EXPECT_EQ(minor("-11062.06"), -1'106'206);
  EXPECT_EQ(minor("0000000099999999.99"), 9'999'999'999);
  EXPECT_TRUE(parse_unit_price("2.5500")->exact);
}

TEST(UnitPriceTest, FinerThanAMinorUnitIsSaid) {
  EXPECT_FALSE(parse_unit_price("0.001")->exact);
  EXPECT_EQ(parse_unit_price("0.001")->amount, Money{0});
  EXPECT_EQ(parse_unit_price("1.005")->amount, Money{101});
  EXPECT_FALSE(parse_unit_price("1.0000000000000000000000001")->exact);
}

TEST(UnitPriceTest, WhatIsNoPrice) {
  for (const auto* text :
       {"", ".", "-", "--1", "+1", "1e2", "1,00", "£2", "100000000", "99999999.995", "nan", "1.2.3", "1 2"})
    EXPECT_EQ(parse_unit_price(text).has_value(), false) << text;
}

TEST(CleanTextTest, OneSpaceNoControlsAndABound) {
  EXPECT_EQ(clean_text("  a \t\r\n b\x01\xC2\x85\xC2\xA0 c ", 100), "a b c");
  EXPECT_EQ(clean_text("caf\xC3\xA9 \xFF bar", 100), "café bar");
  EXPECT_EQ(clean_text("ééééé", 3), "ééé");
  EXPECT_EQ(clean_text("ab cd", 3), "ab") << "no space at the end";
  EXPECT_EQ(clean_text(" \n ", 3), "");
}

TEST(DateShiftTest, TheLastDayBecomesToday) {
  const auto last = parse_rfc3339("2011-12-09T12:50:00Z").value();
  const auto now = parse_rfc3339("2026-11-23T18:00:00Z").value();
  const auto shift = DateShift::to_today(london, last, now);
  EXPECT_EQ(to_rfc3339(shift(last)), "2026-11-23T12:50:00.000Z");
}

TEST(DateShiftTest, NothingLiesInTheFuture) {
  const auto last = parse_rfc3339("2011-12-09T12:50:00Z").value();
  const auto shift = DateShift::to_today(london, last, parse_rfc3339("2026-11-23T12:49:59Z").value());
  EXPECT_EQ(to_rfc3339(shift(last)), "2026-11-22T12:50:00.000Z");
  const auto exact = DateShift::to_today(london, last, parse_rfc3339("2026-11-23T12:50:00Z").value());
  EXPECT_EQ(exact.days(), shift.days() + 1);
}

TEST(DateShiftTest, TheDayIsTheShopsAndTheWallClockStays) {
  const auto tokyo = TimeZone::load("Asia/Tokyo").value();
  const auto last = parse_rfc3339("2011-12-08T20:00:00Z").value();  // the 9th, 05:00 in Tokyo
  const auto now = parse_rfc3339("2026-11-22T23:00:00Z").value();   // the 23rd, 08:00 in Tokyo
  EXPECT_EQ(to_rfc3339(DateShift::to_today(tokyo, last, now)(last)), "2026-11-22T20:00:00.000Z");
  // From winter into summer time: 08:26 stays 08:26 on the shop's wall.
  EXPECT_EQ(to_rfc3339(DateShift(london, 200)(parse_rfc3339("2010-12-01T08:26:00.250Z").value())),
            "2011-06-19T07:26:00.250Z");
}

TEST(DateShiftTest, BackFromTheFuture) {
  const auto last = parse_rfc3339("2030-01-05T10:00:00Z").value();
  const auto now = parse_rfc3339("2026-11-23T18:00:00Z").value();
  EXPECT_EQ(to_rfc3339(DateShift::to_today(london, last, now)(last)), "2026-11-23T10:00:00.000Z");
}

}  // namespace
}  // namespace cloudcart::history
