#pragma once

#include <gtest/gtest.h>

#include "order/ports/catalogue.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

/// What every Catalogue keeps. `Shop` has a member `catalogue`, `put(ProductId, name, category, Money,
/// pieces)` and `available(ProductId)`.
template <class Shop>
class CatalogueContract : public testing::Test {
 protected:
  Shop shop;
  Catalogue& catalogue = shop.catalogue;
  const ProductId pot = test::numbered<ProductId>(1);
  const ProductId cup = test::numbered<ProductId>(2);
  const OrderId order = test::numbered<OrderId>(1);

  CatalogueContract() {
    shop.put(pot, "Pot \"blue\"", "Kitchen", Money{1999}, 10);
    shop.put(cup, "Tasse 🧀", "Kitchen", Money{10}, 100);
  }
  Result<std::vector<PricedLine>> reserve(std::vector<LineRequest> lines, OrderId id) {
    return sync_wait(catalogue.reserve({}, id, std::move(lines), sample::no_deadline));
  }
  Result<std::vector<PricedLine>> reserve(std::vector<LineRequest> lines) {
    return reserve(std::move(lines), order);
  }
  Status release() { return sync_wait(catalogue.release({}, order, sample::no_deadline)); }
  Status confirm() { return sync_wait(catalogue.confirm({}, order, sample::no_deadline)); }
};

TYPED_TEST_SUITE_P(CatalogueContract);

TYPED_TEST_P(CatalogueContract, LinesAreAnsweredInTheirOrderWithNamesAndPrices) {
  const auto lines = this->reserve({{this->cup, 3}, {this->pot, 2}, {this->cup, 1}});
  ASSERT_TRUE(lines);
  EXPECT_EQ(*lines, (std::vector<PricedLine>{{this->cup, "Tasse 🧀", "Kitchen", Money{10}, 3},
                                             {this->pot, "Pot \"blue\"", "Kitchen", Money{1999}, 2},
                                             {this->cup, "Tasse 🧀", "Kitchen", Money{10}, 1}}));
  EXPECT_EQ(this->shop.available(this->pot), 8);
  EXPECT_EQ(this->shop.available(this->cup), 96);
}

TYPED_TEST_P(CatalogueContract, AllOrNothingAndLinesOfAProductAreSummed) {
  const auto refused = this->reserve({{this->cup, 1}, {this->pot, 6}, {this->pot, 5}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_inventory);
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0].field, this->pot.to_string());
  EXPECT_EQ(this->shop.available(this->cup), 100);
  EXPECT_TRUE(this->reserve({{this->pot, 6}, {this->pot, 4}}));
}

TYPED_TEST_P(CatalogueContract, UnknownProductsAreNamedByTheirLine) {
  const auto refused = this->reserve({{this->cup, 1}, {test::numbered<ProductId>(99), 1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation_failed);
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0].field, "items[1].product_id");
  EXPECT_EQ(this->shop.available(this->cup), 100);
}

TYPED_TEST_P(CatalogueContract, ASecondReserveTakesNothingMore) {
  const auto first = this->reserve({{this->pot, 2}});
  ASSERT_TRUE(first);
  const auto second = this->reserve({{this->pot, 2}});
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(this->shop.available(this->pot), 8);
  EXPECT_EQ(this->reserve({{this->pot, 3}}).error().code, ErrorCode::conflict);
}

TYPED_TEST_P(CatalogueContract, StockGoesBackOnce) {
  ASSERT_TRUE(this->reserve({{this->pot, 2}}));
  EXPECT_TRUE(this->release());
  EXPECT_TRUE(this->release());
  EXPECT_EQ(this->shop.available(this->pot), 10);
  EXPECT_EQ(this->confirm().error().code, ErrorCode::conflict);
}

TYPED_TEST_P(CatalogueContract, SoldStockGoesBackToo) {
  ASSERT_TRUE(this->reserve({{this->pot, 2}}));
  EXPECT_TRUE(this->confirm());
  EXPECT_TRUE(this->confirm());
  EXPECT_EQ(this->shop.available(this->pot), 8);
  EXPECT_TRUE(this->release());
  EXPECT_EQ(this->shop.available(this->pot), 10);
}

TYPED_TEST_P(CatalogueContract, AReservationThatComesAfterItsReleaseTakesNothing) {
  EXPECT_TRUE(this->release());
  EXPECT_EQ(this->reserve({{this->pot, 2}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->shop.available(this->pot), 10);
}

TYPED_TEST_P(CatalogueContract, WithoutAReservationThereIsNothingToConfirm) {
  EXPECT_EQ(this->confirm().error().code, ErrorCode::not_found);
}

REGISTER_TYPED_TEST_SUITE_P(CatalogueContract, LinesAreAnsweredInTheirOrderWithNamesAndPrices,
                            AllOrNothingAndLinesOfAProductAreSummed, UnknownProductsAreNamedByTheirLine,
                            ASecondReserveTakesNothingMore, StockGoesBackOnce, SoldStockGoesBackToo,
                            AReservationThatComesAfterItsReleaseTakesNothing,
                            WithoutAReservationThereIsNothingToConfirm);

}  // namespace cloudcart::order
