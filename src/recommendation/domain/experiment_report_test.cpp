#include "recommendation/domain/experiment_report.h"

#include <gmock/gmock.h>

namespace cloudcart::recommendation {
namespace {

// Figures to compare with are from SciPy 1.17: quad() for the mixtures, brentq() for the ends of intervals.

TEST(ChiSquare, HasTheTailsOfTheTables) {
  EXPECT_NEAR(chi_square_tail(3.84, 1), 0.05004352124870519, 1e-14);
  EXPECT_NEAR(chi_square_tail(5.0, 2), 0.0820849986238988, 1e-14);
  EXPECT_NEAR(chi_square_tail(7.5, 3), 0.0575584519726364, 1e-14);
  EXPECT_NEAR(chi_square_tail(1.2, 4), 0.8780986177504424, 1e-14);
  EXPECT_EQ(chi_square_tail(0, 3), 1);
}

TEST(NormalQuantile, IsTheOneOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.025), 1.9599639845400545, 1e-12);
  EXPECT_NEAR(normal_quantile(0.001), 3.090232306167813, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-12);
}

TEST(Sample, HasMeanAndVarianceOfItsSums) {
  const auto sample = Sample::of(4, 3, 1 + 2 + 5, 1 + 4 + 25);
  EXPECT_EQ(sample.mean, 2);
  EXPECT_EQ(sample.variance, 3.5);
  EXPECT_EQ(Sample::of(0, 0, 0, 0).mean, 0);
}

Sample converted(double units, double events) {
  return Sample::of(units, events, events, events);
}

TEST(LiftTest, AgreesWithNumericalIntegration) {
  const LiftTest test(converted(1000, 200), converted(1000, 250), 0.1);
  EXPECT_NEAR(*test.lift(), 0.25, 1e-12);
  EXPECT_NEAR(test.p_value(), 0.008578871105527987, 1e-12);
  EXPECT_NEAR(test.always_valid_p_value(), 0.20662944891987126, 1e-7);
  const auto fixed = test.interval(0.05).value(), always = test.always_valid_interval(0.05).value();
  EXPECT_NEAR(fixed.low, 0.05826692991710258, 1e-9);
  EXPECT_NEAR(fixed.high, 0.4843120112061934, 1e-9);
  EXPECT_NEAR(always.low, -0.06616056203601262, 1e-9);
  EXPECT_NEAR(always.high, 0.7014307583318009, 1e-9);
}

TEST(LiftTest, ItsIntervalsHoldNoLiftExactlyWhenItDoesNotReject) {
  for (double events = 100; events <= 300; events += 1) {
    const LiftTest test(converted(1000, 200), converted(1000, events), 0.1);
    const auto holds_zero = [](Interval interval) { return interval.low <= 0 && 0 <= interval.high; };
    EXPECT_EQ(holds_zero(test.interval(0.05).value()), test.p_value() >= 0.05) << events;
    EXPECT_EQ(holds_zero(test.always_valid_interval(0.05).value()), test.always_valid_p_value() >= 0.05)
        << events;
  }
}

TEST(LiftTest, SaysNothingOfNearlyNothing) {
  for (const auto& [control, variant] :
       {std::pair{converted(49, 49), converted(500, 10)}, std::pair{converted(500, 10), converted(500, 9)},
        std::pair{converted(500, 0), converted(500, 0)}}) {
    const LiftTest test(control, variant, 0.1);
    EXPECT_FALSE(test.is_defined());
    EXPECT_EQ(test.p_value(), 1);
    EXPECT_EQ(test.always_valid_p_value(), 1);
    EXPECT_FALSE(test.interval(0.05));
    EXPECT_FALSE(test.always_valid_interval(0.05));
  }
  EXPECT_EQ(LiftTest(converted(500, 0), converted(500, 30), 0.1).lift(), std::nullopt);
}

TEST(LiftTest, AVariantThatSellsNothingIsFoundOutAndAFewWithoutOrdersAreNot) {
  const LiftTest broken(converted(500, 100), converted(500, 0), 0.1);
  EXPECT_LT(broken.always_valid_p_value(), 0.01);
  EXPECT_EQ(broken.lift(), -1);
  EXPECT_LT(broken.always_valid_interval(0.05)->high, -0.5);
  EXPECT_GE(broken.always_valid_interval(0.05)->low, -1);
  const LiftTest chance(converted(900, 20), converted(100, 0), 0.1);
  EXPECT_GT(chance.p_value(), 0.1);
}

TEST(PreferenceTest, AgreesWithNumericalIntegration) {
  const PreferenceTest test(120, 80);
  EXPECT_EQ(test.share(), 0.6);
  EXPECT_NEAR(test.p_value(), 0.005820666407810884, 1e-12);
  EXPECT_NEAR(test.always_valid_p_value(), 0.11852388011171507, 1e-9);
  EXPECT_NEAR(test.interval(0.05)->low, 0.5308367203926201, 1e-9);
  EXPECT_NEAR(test.interval(0.05)->high, 0.6653942143319267, 1e-9);
  EXPECT_NEAR(test.always_valid_interval(0.05)->low, 0.4897393165280188, 1e-9);
  EXPECT_NEAR(test.always_valid_interval(0.05)->high, 0.70383585047134, 1e-9);
}

TEST(PreferenceTest, HasNoOpinionWithoutPreferences) {
  const PreferenceTest test(0, 0);
  EXPECT_EQ(test.share(), std::nullopt);
  EXPECT_EQ(test.p_value(), 1);
  EXPECT_EQ(test.always_valid_p_value(), 1);
  EXPECT_FALSE(test.interval(0.05));
  EXPECT_EQ(PreferenceTest(0, 5).always_valid_interval(0.05)->low, 0);
  EXPECT_EQ(PreferenceTest(5, 0).always_valid_interval(0.05)->high, 1);
}

TEST(RatioCheck, AgreesWithSciPy) {
  const std::vector<std::int64_t> counts{5200, 4800}, weights{1, 1};
  const auto check = check_ratio(counts, weights);
  EXPECT_NEAR(check.chi_square, 16, 1e-9);
  EXPECT_NEAR(check.p_value, 6.334248366623988e-05, 1e-15);
  EXPECT_NEAR(check.always_valid_p_value, 0.0022977666452778287, 1e-9);
  EXPECT_EQ(check_ratio(std::vector<std::int64_t>{0, 0}, weights).p_value, 1);
}

ExperimentPlan plan_of(std::size_t variants) {
  ExperimentPlan plan;
  for (std::size_t i = 0; i < variants; ++i)
    plan.variants.push_back({.name = std::string(1, static_cast<char>('a' + i)), .is_control = i == 0});
  return plan;
}

VariantTally tally(std::int64_t customers, std::int64_t converting) {
  return {.subjects = customers,
          .customers = customers,
          .impressions = customers,
          .clicking_subjects = customers / 2,
          .converting_customers = converting,
          .orders = converting,
          .revenue = Money{100 * converting},
          .revenue_squares = 10'000.0 * static_cast<double>(converting)};
}

TEST(Judge, NamesTheBestOfTheWinners) {
  const std::vector tallies{tally(10'000, 1000), tally(10'000, 1300), tally(10'000, 1400),
                            tally(10'000, 1010)};
  const auto findings = judge(plan_of(4), tallies);
  EXPECT_EQ(findings.verdict, Verdict::winner);
  EXPECT_EQ(findings.winner, 2u);
  EXPECT_EQ(findings.variants[0].verdict, std::nullopt);
  EXPECT_TRUE(findings.variants[0].comparisons.empty());
  EXPECT_EQ(findings.variants[1].verdict, Verdict::winner);
  EXPECT_EQ(findings.variants[3].verdict, Verdict::undecided);
  EXPECT_FALSE(findings.must_stop);
}

TEST(Judge, AsksForMoreWhereMoreVariantsAreCompared) {
  const auto p_of = [](std::size_t variants) {
    std::vector tallies(variants, tally(10'000, 1000));
    tallies[1] = tally(10'000, 1150);
    return judge(plan_of(variants), tallies).variants[1];
  };
  EXPECT_NEAR(p_of(4).adjusted_p_value, 3 * p_of(2).adjusted_p_value, 1e-12);
  EXPECT_GT(p_of(4).comparisons[0].always_valid_interval->high,
            p_of(2).comparisons[0].always_valid_interval->high);
}

TEST(Judge, HolmsAdjustmentNeverFallsAlongTheOrder) {
  const std::vector tallies{tally(10'000, 1000), tally(10'000, 1125), tally(10'000, 1124),
                            tally(10'000, 990)};
  const auto findings = judge(plan_of(4), tallies);
  const auto adjusted = [&](std::size_t i) { return findings.variants[i].adjusted_p_value; };
  EXPECT_NEAR(adjusted(1), 3 * findings.variants[1].comparisons[0].always_valid_p_value, 1e-12);
  EXPECT_GE(adjusted(2), adjusted(1));
  EXPECT_EQ(adjusted(3), 1);
}

TEST(Judge, ALoserIsHarmful) {
  const std::vector tallies{tally(10'000, 1300), tally(10'000, 1000)};
  const auto findings = judge(plan_of(2), tallies);
  EXPECT_EQ(findings.verdict, Verdict::harmful);
  EXPECT_FALSE(findings.winner);
  EXPECT_FALSE(findings.must_stop);
}

TEST(Judge, ABrokenGuardrailMakesAWinnerHarmful) {
  auto plan = plan_of(2);
  plan.metric = ExperimentMetric::click_through;
  plan.guardrails = {{ExperimentMetric::conversion, 500, true}};
  auto better = tally(10'000, 1000);
  better.clicking_subjects = 6000;
  EXPECT_EQ(judge(plan, std::vector{tally(10'000, 1000), better}).verdict, Verdict::winner);
  better.converting_customers = 700;
  const auto findings = judge(plan, std::vector{tally(10'000, 1000), better});
  EXPECT_EQ(findings.verdict, Verdict::harmful);
  EXPECT_TRUE(findings.variants[1].guardrails[0].is_broken);
  EXPECT_TRUE(findings.must_stop);
  plan.guardrails[0].stops = false;
  EXPECT_FALSE(judge(plan, std::vector{tally(10'000, 1000), better}).must_stop);
  // A fall that is allowed breaks nothing, however surely it is one.
  plan.guardrails[0].max_drop = 9000;
  EXPECT_EQ(judge(plan, std::vector{tally(10'000, 1000), better}).verdict, Verdict::winner);
}

TEST(Judge, NothingIsDecidedWhileTheRatioOfSubjectsIsWrong) {
  const std::vector tallies{tally(10'000, 1000), tally(8'000, 1200)};
  const auto findings = judge(plan_of(2), tallies);
  EXPECT_TRUE(findings.ratio_is_wrong);
  EXPECT_EQ(findings.verdict, Verdict::undecided);
  auto plan = plan_of(2);
  plan.variants[0].weight = 5;
  plan.variants[1].weight = 4;
  EXPECT_FALSE(judge(plan, tallies).ratio_is_wrong);
}

TEST(Judge, ManyThatAreAlikeMakeNoDifference) {
  const std::vector tallies{tally(4'000'000, 800'000), tally(4'000'000, 800'100)};
  EXPECT_EQ(judge(plan_of(2), tallies).verdict, Verdict::no_difference);
  const std::vector few{tally(4'000, 800), tally(4'000, 801)};
  EXPECT_EQ(judge(plan_of(2), few).verdict, Verdict::undecided);
}

TEST(Judge, InterleavingIsDecidedByFirstClicks) {
  auto plan = plan_of(2);
  plan.kind = ExperimentKind::interleaving;
  plan.metric = ExperimentMetric::click_through;
  VariantTally all{.subjects = 5000, .clicking_subjects = 1000};
  all.first = {.clicks = 1900, .bought_lines = 15, .first_clicks = 400, .first_buys = 15};
  all.second = {.clicks = 1000, .bought_lines = 10, .first_clicks = 600, .first_buys = 5};
  const auto findings = judge(plan, std::vector{all});
  EXPECT_EQ(findings.verdict, Verdict::winner);
  EXPECT_EQ(findings.winner, 1u);
  EXPECT_EQ(findings.clicks->first, 400);
  EXPECT_EQ(findings.clicks->second_share, 0.6);
  EXPECT_EQ(findings.purchases->second, 5);
  std::swap(plan.variants[0].is_control, plan.variants[1].is_control);
  EXPECT_EQ(judge(plan, std::vector{all}).verdict, Verdict::harmful);
  all.first.first_clicks = 590;
  EXPECT_EQ(judge(plan, std::vector{all}).verdict, Verdict::undecided);
}

}  // namespace
}  // namespace cloudcart::recommendation
