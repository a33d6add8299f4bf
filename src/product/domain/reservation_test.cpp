#include "product/domain/reservation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

using testing::ElementsAre;

const auto teapot = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829301").value();
const auto cup = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829302").value();
const auto retired = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829303").value();
const auto unknown = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829304").value();

std::optional<ProductSummary> find(ProductId id) {
  if (id == teapot) return ProductSummary{teapot, "Teapot", "Kitchen", Money{1999}, true, 5};
  if (id == cup) return ProductSummary{cup, "Cup", "", Money{350}, true, 2};
  if (id == retired) return ProductSummary{retired, "Old Cup", "", Money{100}, false, 100};
  return std::nullopt;
}

TEST(CheckLines, NamesAllThatIsOutOfBounds) {
  EXPECT_TRUE(check_lines({{cup, 1}, {teapot, max_quantity}}));
  EXPECT_EQ(check_lines({}).error().fields.front().field, "items");
  EXPECT_EQ(check_lines(std::vector<LineRequest>(max_lines + 1, {cup, 1})).error().fields.front().field,
            "items");
  const auto refused = check_lines({{cup, 0}, {cup, 1}, {cup, -1}, {cup, max_quantity + 1}});
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().fields.size(), 3U);
  EXPECT_EQ(refused.error().fields[0].field, "items[0].quantity");
  EXPECT_EQ(refused.error().fields[1].field, "items[2].quantity");
  EXPECT_EQ(refused.error().fields[2].field, "items[3].quantity");
}

TEST(PlanReservation, PromisesNamePriceAndCategoryInTheOrderAsked) {
  const auto plan = plan_reservation({{cup, 1}, {teapot, 5}}, find).value();
  EXPECT_THAT(plan.lines, ElementsAre(ReservedLine{cup, "Cup", "", Money{350}, 1},
                                      ReservedLine{teapot, "Teapot", "Kitchen", Money{1999}, 5}));
  EXPECT_EQ(plan.quantities, (Quantities{{teapot, 5}, {cup, 1}}));
}

TEST(PlanReservation, TheSameProductOnTwoLinesCountsAsTheirSum) {
  const auto plan = plan_reservation({{teapot, 2}, {teapot, 3}}, find).value();
  EXPECT_EQ(plan.lines.size(), 2U);
  EXPECT_EQ(plan.quantities, (Quantities{{teapot, 5}}));
  const auto refused = plan_reservation({{teapot, 3}, {teapot, 3}}, find);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().fields, ElementsAre(FieldError{teapot.to_string(), "6 asked, 5 available"}));
}

TEST(PlanReservation, NamesEachProductThatIsShort) {
  const auto refused = plan_reservation({{cup, 3}, {teapot, 6}}, find);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_inventory);
  EXPECT_THAT(refused.error().fields, ElementsAre(FieldError{teapot.to_string(), "6 asked, 5 available"},
                                                  FieldError{cup.to_string(), "3 asked, 2 available"}));
}

TEST(PlanReservation, NamesEachLineWithAnUnknownOrInactiveProduct) {
  const auto refused = plan_reservation({{unknown, 1}, {teapot, 99}, {retired, 1}}, find);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation_failed);
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[0].field, "items[0].product_id");
  EXPECT_EQ(refused.error().fields[1].field, "items[2].product_id");
}

TEST(RepeatReservation, AnswersTheSameForTheSameOnly) {
  const std::vector<ReservedLine> promised{{cup, "Cup", "", Money{350}, 1}};
  EXPECT_EQ(repeat_reservation(ReservationState::reserved, promised, {{cup, 1}}), promised);
  EXPECT_EQ(repeat_reservation(ReservationState::sold, promised, {{cup, 1}}), promised);
  EXPECT_EQ(repeat_reservation(ReservationState::reserved, promised, {{cup, 2}}).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(repeat_reservation(ReservationState::released, promised, {{cup, 1}}).error().code,
            ErrorCode::conflict);
}

TEST(Stock, MovementsKeepTheNumberOfUnits) {
  for (const auto movement : all_movements) {
    const auto stock = after({10, 10, 10}, movement, 4);
    const bool adds = movement == Movement::initial || movement == Movement::adjust;
    EXPECT_EQ(stock.available + stock.reserved + stock.sold, adds ? 34 : 30) << to_string(movement);
    EXPECT_EQ(parse_movement(to_string(movement)), movement);
  }
  EXPECT_EQ(after({10, 10, 10}, *way_back(ReservationState::reserved), 4), (Stock{14, 6, 10}));
  EXPECT_EQ(after({10, 10, 10}, *way_back(ReservationState::sold), 4), (Stock{14, 10, 6}));
  EXPECT_EQ(way_back(ReservationState::released), std::nullopt);
}

}  // namespace
}  // namespace cloudcart::product
