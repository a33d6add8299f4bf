#include "recommendation/domain/quality.h"

#include <cmath>

#include <gmock/gmock.h>

#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;
using test::product;

std::vector<ProductId> products(std::initializer_list<std::uint32_t> numbers) {
  std::vector<ProductId> ids;
  for (const auto number : numbers) ids.push_back(product(number));
  return ids;
}

/// Customer 1 buys 1 and 2 together again and again; 3 is what everybody else buys.
class QualityTest : public testing::Test {
 protected:
  QualityTest() {
    std::uint32_t order = 1;
    for (int repeat = 0; repeat < 10; ++repeat) model.apply(bought(order++, 1, {{1}, {2}}));
    for (std::uint32_t customer = 2; customer < 40; ++customer) model.apply(bought(order++, customer, {{3}}));
    model.refresh(Model::Refresh::regressions_and_weights);
  }
  const Examined* of(QualityTask task, const std::vector<Examined>& cases) {
    const auto found = std::ranges::find(cases, task, &Examined::task);
    return found == cases.end() ? nullptr : &*found;
  }
  Model model;
};

TEST_F(QualityTest, WhatACustomerBuysAgainIsForetoldAndTheBestSellersDoNotHaveIt) {
  const auto cases = examine(model, products({3}), bought(100, 1, {{1}, {2}}));
  ASSERT_EQ(cases.size(), 2u);
  const auto& next = of(QualityTask::next, cases)->tally;
  EXPECT_EQ(next.cases, 1);
  EXPECT_EQ(next.hits, 1);
  EXPECT_EQ(next.baseline_hits, 0);
  EXPECT_EQ(next.baseline_gain, 0);
  EXPECT_EQ(next.discordant, 1);
  EXPECT_GT(next.gain, 0.9) << "both at the top";
  const auto& basket = of(QualityTask::basket, cases)->tally;
  EXPECT_EQ(basket.hits, 1) << "1 and 2 go together, whichever is hidden";
  EXPECT_DOUBLE_EQ(basket.gain, 1) << "first of the list";
}

TEST_F(QualityTest, BestSellersAreTakenByTheirRank) {
  const auto next = of(QualityTask::next, examine(model, products({9, 8, 3}), bought(100, 50, {{3}})))->tally;
  EXPECT_EQ(next.baseline_hits, 1);
  EXPECT_DOUBLE_EQ(next.baseline_gain, 1 / std::log2(4)) << "third of the list, one right product";
  // What is in the basket is not recommended with it: the list moves up.
  const auto order = bought(100, 50, {{8}, {3}});
  const auto basket = of(QualityTask::basket, examine(model, products({9, 8, 3}), order))->tally;
  EXPECT_EQ(basket.baseline_hits, 1);
  EXPECT_DOUBLE_EQ(basket.baseline_gain, 1 / std::log2(3)) << "second of what is left";
}

TEST_F(QualityTest, WhatStandsBeyondTheCutIsNotSeen) {
  std::vector<ProductId> many;
  for (std::uint32_t number = 100; number < 100 + quality_cut; ++number) many.push_back(product(number));
  many.push_back(product(3));
  EXPECT_EQ(of(QualityTask::next, examine(model, many, bought(100, 50, {{3}})))->tally.baseline_hits, 0);
}

TEST_F(QualityTest, AnOrderOfOneProductIsNoBasketAndOneOfNobodyIsNobodysNext) {
  EXPECT_EQ(examine(model, {}, bought(100, 1, {{1}})).size(), 1u);
  EXPECT_EQ(examine(model, {}, bought(100, 1, {{1}, {1}})).size(), 1u) << "the same product on two lines";
  auto anonymous = bought(100, 1, {{1}, {2}});
  anonymous.user_id = {};
  const auto cases = examine(model, {}, anonymous);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases.front().task, QualityTask::basket);
  EXPECT_TRUE(examine(model, {}, bought(100, 1, {})).empty());
}

TEST_F(QualityTest, TheSameOrderIsExaminedTheSameWayAgain) {
  const auto order = bought(77, 1, {{1}, {2}, {3}});
  const auto once = examine(model, products({3}), order), again = examine(model, products({3}), order);
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].tally, again[i].tally);
}

TEST(QualityLiftTest, IsThePairedDifferenceWithItsInterval) {
  // 100 cases: 30 hit by the model alone, 10 by the best sellers alone, 20 by both.
  const auto lift = lift_of(
      {.cases = 100, .hits = 50, .gain = 0, .baseline_hits = 30, .baseline_gain = 0, .discordant = 40});
  EXPECT_DOUBLE_EQ(lift.difference, 0.2);
  // Variance 0.4 - 0.04, so a standard error of 0.06.
  EXPECT_NEAR(lift.low, 0.2 - 1.959964 * 0.06, 1e-9);
  EXPECT_NEAR(lift.high, 0.2 + 1.959964 * 0.06, 1e-9);
  const auto certain =
      lift_of({.cases = 5, .hits = 5, .gain = 5, .baseline_hits = 0, .baseline_gain = 0, .discordant = 5});
  EXPECT_DOUBLE_EQ(certain.low, 1);
  EXPECT_DOUBLE_EQ(certain.high, 1);
}

TEST(QualityTallyTest, SumsAddUp) {
  QualityTally sum{
      .cases = 1, .hits = 1, .gain = 0.5, .baseline_hits = 0, .baseline_gain = 0, .discordant = 1};
  sum.add(sum);
  EXPECT_EQ(sum,
            (QualityTally{
                .cases = 2, .hits = 2, .gain = 1, .baseline_hits = 0, .baseline_gain = 0, .discordant = 2}));
}

}  // namespace
}  // namespace cloudcart::recommendation
