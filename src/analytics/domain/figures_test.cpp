#include "analytics/domain/figures.h"

#include <limits>

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

TEST(SalesFiguresTest, NetsOutCancellationsAndCreditNotes) {
  const SalesFigures figures{.placed_orders = 5,
                             .placed_units = 12,
                             .gross = Money{10'000},
                             .cancelled_orders = 2,
                             .cancelled_units = 4,
                             .cancelled = Money{3'000}};
  EXPECT_EQ(figures.orders(), 3);
  EXPECT_EQ(figures.units(), 8);
  EXPECT_EQ(figures.net(), Money{7'000});
  EXPECT_EQ(figures.average_order_value(), Money{2'333});
}

TEST(SalesFiguresTest, AverageRoundsHalfAwayFromZeroAndIsZeroWithoutOrders) {
  EXPECT_EQ((SalesFigures{.placed_orders = 2, .gross = Money{5}}.average_order_value()), Money{3});
  EXPECT_EQ((SalesFigures{.placed_orders = 2, .cancelled = Money{5}}.average_order_value()), Money{-3});
  EXPECT_EQ((SalesFigures{.gross = Money{5}}.average_order_value()), Money{});
  EXPECT_EQ((SalesFigures{.cancelled_orders = 1, .cancelled = Money{5}}.average_order_value()), Money{});
}

TEST(SalesFiguresTest, FlowsAddUpButPeopleDoNot) {
  SalesFigures total{.placed_orders = 1, .gross = Money{5}, .new_customers = 1, .active_customers = 1};
  total.add_flows(total);
  EXPECT_EQ(total.placed_orders, 2);
  EXPECT_EQ(total.gross, Money{10});
  EXPECT_EQ(total.new_customers, 2);
  EXPECT_EQ(total.active_customers, 1);
}

TEST(ChangeTest, ComparesWithTheSizeOfTheFigureBefore) {
  EXPECT_EQ(change_in_permille(150, 100), 500);
  EXPECT_EQ(change_in_permille(0, 100), -1000);
  EXPECT_EQ(change_in_permille(2, 3), -333);
  EXPECT_EQ(change_in_permille(5, 3), 667);
  EXPECT_EQ(change_in_permille(50, -100), 1500);
  EXPECT_EQ(change_in_permille(7, 0), std::nullopt);
  EXPECT_EQ(change_in_permille(std::numeric_limits<std::int64_t>::max(), 1),
            std::numeric_limits<std::int64_t>::max());
}

TEST(ShareTest, HasTwoDecimalsRoundedHalfUp) {
  EXPECT_EQ(share_in_basis_points(1, 3), 3333);
  EXPECT_EQ(share_in_basis_points(2, 3), 6667);
  EXPECT_EQ(share_in_basis_points(1, 20'000), 1);
  EXPECT_EQ(share_in_basis_points(4, 4), 10'000);
  EXPECT_EQ(share_in_basis_points(0, 0), 0);
}

}  // namespace
}  // namespace cloudcart::analytics
