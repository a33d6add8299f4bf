#include "analytics/domain/retention.h"

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

const TimeAxis three_months =
    axis_between({test::at("2026-05-01T00:00:00.000Z"), test::at("2026-06-01T00:00:00.000Z"),
                  test::at("2026-07-01T00:00:00.000Z"), test::at("2026-08-01T00:00:00.000Z")});
const auto in_july = test::at("2026-07-15T12:00:00.000Z");

std::vector<Cohort> cohorts() {
  auto made = empty_cohorts(three_months);
  made[0].customers = 3;
  made[0].active = {3, 0, 2};
  made[0].orders = {4, 0, 2};
  made[0].gross = {Money{10'000}, Money{}, Money{5001}};
  return made;
}

TEST(RetentionTest, IsTheShareOfTheCohortThatCameAgain) {
  const auto cells = retention(cohorts(), three_months, in_july);
  ASSERT_EQ(cells.size(), 6u);  // 3 + 2 + 1
  EXPECT_EQ(cells[0].retention, (Number{10'000, 2}));
  EXPECT_EQ(cells[0].revenue_per_customer, (Number{3333, 2}));
  EXPECT_EQ(cells[1].retention, (Number{0, 2}));
  EXPECT_EQ(cells[1].revenue_per_customer, (Number{0, 2}));
  EXPECT_EQ(cells[2], (RetentionCell{0, 2, 3, 2, Number{6667, 2}, 2, Money{5001}, Number{1667, 2}, true}));
}

TEST(RetentionTest, AMonthInWhichNobodyCameFirstIsThereWithoutShares) {
  const auto cells = retention(cohorts(), three_months, in_july);
  EXPECT_EQ(cells[3], (RetentionCell{1, 0, 0, 0, std::nullopt, 0, Money{}, std::nullopt, false}));
  EXPECT_EQ(cells[5].cohort, 2u);
}

TEST(RetentionTest, OnlyTheRunningMonthIsIncompleteAndNoneLiesAhead) {
  for (const auto& cell : retention(cohorts(), three_months, in_july))
    EXPECT_EQ(cell.incomplete, cell.cohort + cell.later == 2);
  EXPECT_EQ(retention(cohorts(), three_months, test::at("2026-06-01T00:00:00.000Z")).size(), 3u);
  for (const auto& cell : retention(cohorts(), three_months, test::at("2026-08-01T00:00:00.000Z")))
    EXPECT_FALSE(cell.incomplete);
}

}  // namespace
}  // namespace cloudcart::analytics
