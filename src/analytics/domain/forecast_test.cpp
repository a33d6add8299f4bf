#include "analytics/domain/forecast.h"

#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cloudcart::analytics {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Days = std::vector<std::int64_t>;

constexpr std::array<std::int64_t, 7> week{100, 200, 300, 400, 500, 600, 0};

Days repeated(std::size_t days) {
  Days made;
  for (std::size_t day = 0; day < days; ++day) made.push_back(week[day % week.size()]);
  return made;
}

/// A shop with a weekly pattern, a little growth and noise; the same for the same seed.
Days noisy(std::size_t days, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 4000);
  Days made;
  for (std::size_t day = 0; day < days; ++day)
    made.push_back(std::llround(100'000 + 100 * static_cast<double>(week[day % 7]) +
                                20 * static_cast<double>(day) + noise(random)));
  return made;
}

std::vector<std::int64_t> expected_of(const Forecast& forecast) {
  std::vector<std::int64_t> expected;
  for (const auto& day : forecast.days) expected.push_back(day.expected);
  return expected;
}

TEST(SeasonalNaiveTest, RepeatsTheLastWeek) {
  const std::vector<double> history{9, 9, 1, 2, 3, 4, 5, 6, 7};
  const SeasonalNaive model(history);
  EXPECT_EQ(model.ahead(1), 1);
  EXPECT_EQ(model.ahead(7), 7);
  EXPECT_EQ(model.ahead(8), 1);
  EXPECT_EQ(model.ahead(60), 4);
}

TEST(HoltWintersTest, StepsAsTheFormulasSay) {
  // Two weeks of the same pattern, the second 7 higher: level 13 (mean of the second), slope 7 / 7 = 1, season
  // -3 … 3.
  std::vector<double> history;
  for (const double base : {0, 7})
    for (int day = 0; day < 7; ++day) history.push_back(base + 3 + day);
  HoltWinters model(history, {.level = 0.5, .trend = 0.25, .season = 0.1});
  EXPECT_DOUBLE_EQ(model.ahead(1), 13 + 0.9 - 3);
  EXPECT_DOUBLE_EQ(model.ahead(2), 13 + 0.9 + 0.81 - 2);
  model.take(20);
  // Level: 0.5 (20 + 3) + 0.5 (13 + 0.9) = 18.45. Trend: 0.25 (18.45 - 13) + 0.75 · 0.9 = 2.0375.
  // Season of the day taken: 0.1 (20 - 13.9) + 0.9 · -3 = -2.09.
  EXPECT_DOUBLE_EQ(model.ahead(1), 18.45 + 0.9 * 2.0375 - 2);
  const double slope = 0.9 + 0.81 + 0.729 + 0.6561 + 0.59049 + 0.531441 + 0.4782969;
  EXPECT_DOUBLE_EQ(model.ahead(7), 18.45 + slope * 2.0375 - 2.09);
}

TEST(ForecastTest, APatternThatRepeatsIsForecastWithoutError) {
  const auto made = forecast(repeated(70), 9);
  EXPECT_EQ(made.state, ForecastState::made);
  EXPECT_EQ(made.method, ForecastMethod::seasonal_naive);  // both are right; the simpler is taken
  EXPECT_THAT(expected_of(made), ElementsAre(100, 200, 300, 400, 500, 600, 0, 100, 200));
  EXPECT_EQ(made.days[8].very_likely, (Interval{200, 200}));
  EXPECT_EQ(made.backtest.origins, 49u);
  for (const auto& error : made.backtest.methods) {
    EXPECT_EQ(error.mean_absolute_error, 0);
    EXPECT_EQ(error.percent_off, (Number{0, 2}));
  }
}

TEST(ForecastTest, TwoWeeksAreComparedByHand) {
  // The second week is 70 higher on its last day, else the same: of the origins 7 to 13 each sees that day once,
  // and no other difference.
  auto history = repeated(14);
  history[13] += 70;
  const auto made = forecast(history, 14);
  EXPECT_EQ(made.backtest.origins, 7u);
  EXPECT_EQ(made.backtest.checks, 28u);  // 7 + 6 + … + 1
  ASSERT_EQ(made.backtest.methods.size(), 1u);
  EXPECT_EQ(made.backtest.methods[0].mean_absolute_error, 18);  // 7 · 70 / 28 = 17.5
  // Sold on the days compared: 1 · 100 + 2 · 200 + … + 6 · 600 + 7 · 70 = 9590; 490 / 9590 = 5.11 %.
  EXPECT_EQ(made.backtest.methods[0].percent_off, (Number{511, 2}));
  EXPECT_EQ(made.days[6].expected, 70);
  // 28 errors, of which the last seven are 70: the 24th (29 · 0.8 = 23.2) and the 28th (29 · 0.95 = 27.55).
  EXPECT_EQ(made.days[0].likely, (Interval{30, 170}));
  EXPECT_EQ(made.days[0].very_likely, (Interval{30, 170}));
  // A second week was never tested: wider by the root of 2, 70 · 1.41421 = 98.99.
  EXPECT_EQ(made.days[7].likely, (Interval{1, 199}));
  EXPECT_EQ(made.days[13].likely, (Interval{0, 169}));  // no sales below zero
}

TEST(ForecastTest, SmoothingWinsWhereTheLevelIsSteadyUnderNoise) {
  const auto made = forecast(noisy(365, 1), 14);
  ASSERT_EQ(made.backtest.methods.size(), 2u);
  EXPECT_EQ(made.method, ForecastMethod::exponential_smoothing);
  EXPECT_TRUE(made.weights);
  EXPECT_LT(made.backtest.methods[1].mean_absolute_error, made.backtest.methods[0].mean_absolute_error);
  EXPECT_EQ(made.backtest.origins, 56u);
  EXPECT_EQ(made.backtest.checks, 42u * 14 + 13 * 14 / 2 + 14);
}

TEST(ForecastTest, TheIntervalsHoldAboutAsOftenAsTheySay) {
  constexpr std::size_t known = 180, ahead = 14;
  std::size_t likely = 0, very_likely = 0, all = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const auto days = noisy(known + ahead, seed);
    const auto made = forecast(std::span{days}.first(known), ahead);
    for (std::size_t day = 0; day < ahead; ++day, ++all) {
      const auto came = days[known + day];
      const auto holds = [came](const Interval& range) { return range.low <= came && came <= range.high; };
      likely += holds(made.days[day].likely);
      very_likely += holds(made.days[day].very_likely);
    }
  }
  const auto share = [all](std::size_t part) { return static_cast<double>(part) / static_cast<double>(all); };
  EXPECT_NEAR(share(likely), 0.80, 0.06);
  EXPECT_NEAR(share(very_likely), 0.95, 0.04);
}

TEST(ForecastTest, ShortAndEmptyHistoriesAreSaidInWordsNotFigures) {
  EXPECT_EQ(explain(forecast({}, 14)),
            "There is no forecast yet: it takes 14 whole days of sales, and there are 0.");
  EXPECT_EQ(explain(forecast(Days{5}, 14)),
            "There is no forecast yet: it takes 14 whole days of sales, and there is 1.");
  EXPECT_EQ(forecast(repeated(13), 14).state, ForecastState::too_little_history);
  EXPECT_TRUE(forecast(repeated(13), 14).days.empty());
  const auto nothing = forecast(Days(40, 0), 14);
  EXPECT_EQ(explain(nothing), "There is no forecast: nothing was sold in the last 40 days.");
  EXPECT_TRUE(nothing.days.empty());
  EXPECT_FALSE(nothing.method);
}

TEST(ForecastTest, SaysWhichMethodAndHowFarItWasOff) {
  auto history = repeated(14);
  history[13] += 70;
  EXPECT_EQ(explain(forecast(history, 1)),
            "Each day is expected to bring what the same weekday brought last. Tried on the last 7 days, "
            "up to 7 days ahead, this was off by 5.11 % of revenue.");
  const auto made = forecast(noisy(365, 1), 1);
  EXPECT_THAT(
      explain(made),
      AllOf(HasSubstr(
                "(exponential smoothing). Tried on the last 56 days, up to 14 days ahead, this was off by "),
            HasSubstr(" % of revenue; the week before, repeated, by ")));
}

TEST(ForecastTest, DaysOlderThanTwoYearsDoNotCount) {
  auto history = noisy(max_history_days, 3);
  const auto recent = forecast(history, 30);
  history.insert(history.begin(), {1'000'000'000, 0, 7});
  const auto longer = forecast(history, 30);
  EXPECT_EQ(longer.history_days, max_history_days);
  EXPECT_EQ(longer.days, recent.days);
  EXPECT_EQ(longer.backtest, recent.backtest);
}

TEST(ForecastTest, ADayBelowZeroAllowsMoreOfThem) {
  auto history = noisy(60, 5);
  for (auto& day : history) day -= 130'000;
  const auto made = forecast(history, 14);
  EXPECT_TRUE(std::ranges::any_of(made.days, [](const auto& day) { return day.very_likely.low < 0; }));
}

TEST(ForecastTest, AmountsAtTheEndsOfTheTypeStayWithinIt) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  Days history;
  for (int day = 0; day < 60; ++day) history.push_back(day % 3 == 0 ? most : -most);
  for (const auto& [expected, likely, very_likely] : forecast(history, 60).days) {
    EXPECT_LE(very_likely.low, expected);
    EXPECT_LE(expected, very_likely.high);
  }
}

/// Any history that a shop may have, with quiet days in between.
Days some_history() {
  const auto days = *rc::gen::inRange<std::size_t>(0, 90);
  const auto most = *rc::gen::element<std::int64_t>(1, 50'000, 1'000'000'000'000'000);
  const auto least = *rc::gen::element<std::int64_t>(0, -most);
  return *rc::gen::container<Days>(
      days, rc::gen::weightedOneOf<std::int64_t>(
                {{1, rc::gen::just<std::int64_t>(0)}, {3, rc::gen::inRange<std::int64_t>(least, most)}}));
}

TEST(ForecastPropertyTest, WhatIsExpectedLiesInItsIntervalsWhichWidenByTheWeek) {
  EXPECT_TRUE(rc::check([] {
    const auto history = some_history();
    const auto ahead = *rc::gen::inRange<std::size_t>(1, 61);
    const auto made = forecast(history, ahead);
    if (made.state != ForecastState::made) {
      RC_ASSERT(made.days.empty() && !made.method && made.backtest.methods.empty());
      return;
    }
    RC_ASSERT(made.days.size() == ahead);
    const bool never_negative = std::ranges::all_of(history, [](auto day) { return day >= 0; });
    double reach = 0;
    for (const auto& [expected, likely, very_likely] : made.days) {
      RC_ASSERT(very_likely.low <= likely.low && likely.low <= expected);
      RC_ASSERT(expected <= likely.high && likely.high <= very_likely.high);
      RC_ASSERT(!never_negative || very_likely.low >= 0);
      const double now = static_cast<double>(very_likely.high) - static_cast<double>(expected);
      RC_ASSERT(now >= reach * (1 - 1e-9) - 2);
      reach = now;
    }
  }));
}

TEST(ForecastPropertyTest, TheBetterMethodIsTakenAndTheSameHistoryGivesTheSameAnswer) {
  EXPECT_TRUE(rc::check([] {
    const auto history = some_history();
    const auto made = forecast(history, 14), again = forecast(history, 14);
    RC_ASSERT(made.days == again.days && made.backtest == again.backtest && made.method == again.method);
    if (!made.method) return;
    const auto chosen = std::ranges::find(made.backtest.methods, *made.method, &MethodError::method);
    for (const auto& error : made.backtest.methods)
      RC_ASSERT(chosen->mean_absolute_error <= error.mean_absolute_error);
  }));
}

TEST(ForecastPropertyTest, LargerAmountsGiveAsMuchLargerForecasts) {
  EXPECT_TRUE(rc::check([] {
    const auto history = *rc::gen::container<Days>(*rc::gen::inRange<std::size_t>(14, 60),
                                                   rc::gen::inRange<std::int64_t>(0, 5000));
    auto larger = history;
    for (auto& day : larger) day *= 1024;  // exact in binary, so that the same weights win
    const auto made = forecast(history, 14), scaled = forecast(larger, 14);
    RC_ASSERT(made.method == scaled.method);
    for (std::size_t day = 0; day < made.days.size(); ++day)
      RC_ASSERT(std::abs(scaled.days[day].expected - 1024 * made.days[day].expected) <= 512);
  }));
}

}  // namespace
}  // namespace cloudcart::analytics
