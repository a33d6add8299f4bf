#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "core/caller.h"
#include "core/id_generator.h"
#include "core/money.h"
#include "core/result.h"
#include "core/text.h"
#include "core/time_zone.h"
#include "core/timestamp.h"
#include "support/fake_clock.h"

namespace cloudcart {
namespace {

using namespace std::chrono;
using namespace std::string_view_literals;

TEST(ErrorCodeTest, EveryWordReadsBack) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_EQ(parse_error_code(to_string(code)), code);
  }
  EXPECT_EQ(parse_error_code("no_such_word"), std::nullopt);
}

TEST(UuidTest, ReadsAndWritesTheCanonicalForm) {
  const auto id = Uuid::parse("01930c5e-7e6d-7abc-8def-0123456789AB");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->to_string(), "01930c5e-7e6d-7abc-8def-0123456789ab");
  EXPECT_EQ(Uuid::from_bytes(id->as_bytes()), id);
  for (const auto bad : {"", "01930c5e7e6d7abc8def0123456789ab", "01930c5e-7e6d-7abc-8def-0123456789ag",
                         "01930c5e-7e6d-7abc-8def-0123456789ab ", "01930c5e_7e6d-7abc-8def-0123456789ab"})
    EXPECT_FALSE(Uuid::parse(bad)) << bad;
}

TEST(IdGeneratorTest, IdsSortInTheOrderTheyWereMadeEvenWhenTheClockStepsBack) {
  test::FakeClock clock;
  SystemIdGenerator ids(clock);
  std::vector<Uuid> made;
  for (int i = 0; i < 10'000; ++i) {
    made.push_back(ids.next());
    if (i == 5'000) clock.advance(milliseconds{-60'000});
  }
  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::set<Uuid>(made.begin(), made.end()).size(), made.size());
  EXPECT_EQ(made[0].bytes[6] >> 4, 7);
  EXPECT_EQ(made[0].bytes[8] >> 6, 2);
}

TEST(IdGeneratorTest, DerivedIdsAreStableAndSortByTime) {
  const auto early = parse_rfc3339("2010-12-01T08:26:00Z").value(),
             late = parse_rfc3339("2011-12-09T12:50:00Z").value();
  EXPECT_EQ(derived_uuid(early, "536365"), derived_uuid(early, "536365"));
  EXPECT_NE(derived_uuid(early, "536365"), derived_uuid(early, "536366"));
  EXPECT_LT(derived_uuid(early, "999999"), derived_uuid(late, "000000"));
}

TEST(MoneyTest, ReadsDecimalText) {
  EXPECT_EQ(Money::parse("999.99"), Money{99999});
  EXPECT_EQ(Money::parse("5"), Money{500});
  EXPECT_EQ(Money::parse("5.5"), Money{550});
  EXPECT_EQ(Money::parse("-0.10"), Money{-10});
  for (const auto bad : {"", "-", ".", "1.", ".5", "1.234", "+1", "1e3", "1,00", " 1", "92233720368547758.08",
                         "9999999999999999999999"})
    EXPECT_FALSE(Money::parse(bad)) << bad;
}

TEST(MoneyTest, WritesWhatItReads) {
  for (const std::int64_t minor :
       {0L, 1L, 10L, 99L, 100L, -1L, -12345L, std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(Money::parse(Money{minor}.to_string()), Money{minor});
  EXPECT_EQ(Money{std::numeric_limits<std::int64_t>::min()}.to_string(), "-92233720368547758.08");
}

TEST(MoneyTest, OverflowIsAnAnswerAndNotAWrap) {
  const Money most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_FALSE(most.plus(Money{1}));
  EXPECT_FALSE(Money{std::numeric_limits<std::int64_t>::min()}.minus(Money{1}));
  EXPECT_FALSE(most.times(2));
  EXPECT_EQ(Money{250}.times(3), Money{750});
}

TEST(CurrencyTest, TakesTwoDigitCurrenciesOnly) {
  EXPECT_EQ(Currency::parse("GBP")->code(), "GBP");
  for (const auto bad : {"", "gbp", "GB", "GBPX", "JPY", "KWD"}) EXPECT_FALSE(Currency::parse(bad)) << bad;
}

TEST(TimestampTest, RoundTripsThroughRfc3339) {
  const auto time = parse_rfc3339("2026-11-23T12:08:19.042Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_rfc3339(*time), "2026-11-23T12:08:19.042Z");
  EXPECT_EQ(parse_rfc3339("2026-11-23T13:08:19.042999+01:00"), time);
  EXPECT_EQ(to_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
  for (const auto bad : {"", "2026-11-23", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
                         "2026-11-23T12:00:00", "2026-11-23T12:00:00Z!"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

TEST(TimeZoneTest, DaysFollowDaylightSaving) {
  const auto london = TimeZone::load("Europe/London");
  ASSERT_TRUE(london);
  const auto spring = parse_date("2026-03-29").value(), autumn = parse_date("2026-10-25").value();
  EXPECT_EQ(london->start_of(add_days(spring, 1)) - london->start_of(spring), hours{23});
  EXPECT_EQ(london->start_of(add_days(autumn, 1)) - london->start_of(autumn), hours{25});
  EXPECT_EQ(london->date_of(parse_rfc3339("2026-07-01T23:30:00Z").value()), parse_date("2026-07-02").value());
  EXPECT_EQ(london->hour_of(parse_rfc3339("2026-07-01T23:30:00Z").value()), 0);
  EXPECT_EQ(london->time_of_day(parse_rfc3339("2026-07-01T23:30:05.250Z").value()), milliseconds{1'805'250});
}

TEST(TimeZoneTest, RefusesWhatIsNoName) {
  for (const auto bad : {"", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Fixed/UTC+01:00:00"})
    EXPECT_FALSE(TimeZone::load(bad)) << bad;
}

TEST(TextTest, Utf8IsCheckedToTheLetter) {
  EXPECT_TRUE(is_valid_utf8("Käse 🧀 \xE2\x82\xAC"));
  for (const auto bad :
       {"\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\x80"sv, "\xE2\x82"sv, "\xFF"sv})
    EXPECT_FALSE(is_valid_utf8(bad));
  EXPECT_EQ(utf8_length("Käse 🧀"), 6U);
  EXPECT_EQ(latin1_to_utf8("caf\xE9 \xA3"), "café £");
}

TEST(TextTest, Base64UrlTakesOnlyTheCanonicalForm) {
  for (const auto text : {""sv, "f"sv, "fo"sv, "foo"sv, "\xFF\xFE\x00\x01"sv})
    EXPECT_EQ(base64url_decode(base64url_encode(text)), text);
  for (const auto bad : {"Zg==", "Zh", "Z", "Zm9+", "Zm9/", "Zm 9v"})
    EXPECT_FALSE(base64url_decode(bad)) << bad;
}

TEST(TextTest, PercentDecoding) {
  EXPECT_EQ(percent_decode("a%20b+c", true), "a b c");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
  for (const auto bad : {"%", "%2", "%zz"}) EXPECT_FALSE(percent_decode(bad, true)) << bad;
  EXPECT_EQ(percent_decode(percent_encode("ä/&=?"), true), "ä/&=?");
}

TEST(RoleTest, WordsReadBack) {
  for (const auto role : {Role::customer, Role::analyst, Role::staff, Role::admin})
    EXPECT_EQ(parse_role(to_string(role)), role);
  EXPECT_FALSE(parse_role("root"));
}

}  // namespace
}  // namespace cloudcart
