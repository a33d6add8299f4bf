#include "product/domain/stock_adjustment.h"

#include <gtest/gtest.h>

#include "product/domain/product.h"

namespace cloudcart::product {
namespace {

const auto pot = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829304").value();
const Stock ten{10, 3, 4};

StockAdjustment by(std::int64_t units) {
  return {pot, {CountChange::Kind::by, units}, {"counted", {}}};
}
StockAdjustment to(std::int64_t units) {
  return {pot, {CountChange::Kind::to, units}, {"counted", {}}};
}

TEST(StockAdjustmentTest, IsRelativeOrAbsoluteToWhatIsAvailable) {
  EXPECT_EQ(delta_of(by(5), ten), 5);
  EXPECT_EQ(delta_of(by(-10), ten), -10);
  EXPECT_EQ(delta_of(to(12), ten), 2);
  EXPECT_EQ(delta_of(to(0), ten), -10);
  EXPECT_EQ(delta_of(to(10), ten), 0);
}

TEST(StockAdjustmentTest, NeverTakesWhatOrdersHold) {
  const auto refused = delta_of(by(-11), ten);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_inventory);
  EXPECT_EQ(refused.error().fields,
            (std::vector<FieldError>{{pot.to_string(), "11 to be taken away, 10 available"}}));
}

TEST(StockAdjustmentTest, HasAnUpperBound) {
  EXPECT_EQ(delta_of(by(max_inventory - 10), ten), max_inventory - 10);
  const auto refused = delta_of(by(max_inventory - 9), ten);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation_failed);
  EXPECT_EQ(refused.error().fields.at(0).field, "change");
  EXPECT_EQ(delta_of(by(-1), {max_inventory + 5, 0, 0}), -1) << "what came back from orders may be taken";
}

TEST(StockAdjustmentTest, RequestsDifferInEachOfTheirParts) {
  auto other_product = by(5), other_reason = by(5);
  other_product.product_id.value.bytes[15] ^= 1;
  other_reason.note.reason = "found";
  for (const auto& other : {by(-5), to(5), other_product, other_reason})
    EXPECT_NE(request_text(other), request_text(by(5)));
  auto someone_else = by(5);
  someone_else.note.actor = UserId{};
  EXPECT_EQ(request_text(someone_else), request_text(by(5))) << "the key belongs to an account already";
}

TEST(StockMovementTest, ChangesAddUpToTheStock) {
  Stock stock;
  for (const auto& [movement, delta] :
       std::initializer_list<std::pair<Movement, std::int64_t>>{{Movement::initial, 10},
                                                                {Movement::adjust, -2},
                                                                {Movement::reserve, 5},
                                                                {Movement::sell, 3},
                                                                {Movement::release, 2},
                                                                {Movement::take_back, 1}}) {
    const auto change = StockMovement{.movement = movement, .delta = delta}.change();
    stock = {stock.available + change.available, stock.reserved + change.reserved, stock.sold + change.sold};
  }
  EXPECT_EQ(stock, (Stock{6, 0, 2}));
}

}  // namespace
}  // namespace cloudcart::product
