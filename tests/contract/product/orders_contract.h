#pragma once

#include <gtest/gtest.h>

#include "product/ports/orders.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::product {

/// What every Orders keeps to. `Fixture` has orders(), place(tenant, number), which is false when the order
/// service refuses to create this order, and move_to(tenant, number, status).
template <class Fixture>
class OrdersContract : public testing::Test {
 protected:
  using Statuses = std::vector<std::optional<OrderStatus>>;
  const TenantId shop{}, other_shop{"other"};

  Result<Statuses> settle(std::initializer_list<std::uint32_t> numbers, TenantId tenant = {}) {
    std::vector<OrderId> ids;
    for (const auto number : numbers) ids.push_back(test::numbered<OrderId>(number));
    return sync_wait(fixture.orders().settle(std::move(tenant), std::move(ids), Deadline::max()));
  }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(OrdersContract);

TYPED_TEST_P(OrdersContract, AnswersForEachInTheOrderAsked) {
  for (const std::uint32_t n : {1, 2, 3}) ASSERT_TRUE(this->fixture.place(this->shop, n));
  this->fixture.move_to(this->shop, 2, OrderStatus::confirmed);
  this->fixture.move_to(this->shop, 3, OrderStatus::cancelled);
  const typename TestFixture::Statuses expected{OrderStatus::cancelled, std::nullopt, OrderStatus::pending,
                                                OrderStatus::confirmed, std::nullopt};
  EXPECT_EQ(this->settle({3, 9, 1, 2, 9}).value(), expected);
  EXPECT_EQ(this->settle({3, 9, 1, 2, 9}).value(), expected) << "however often it is asked";
  EXPECT_TRUE(this->settle({})->empty());
}

TYPED_TEST_P(OrdersContract, WhatIsNotThereNeverWillBe) {
  EXPECT_EQ(this->settle({1})->at(0), std::nullopt);
  EXPECT_FALSE(this->fixture.place(this->shop, 1));
  EXPECT_EQ(this->settle({1})->at(0), std::nullopt);
  EXPECT_TRUE(this->fixture.place(this->shop, 2)) << "other orders come";
}

TYPED_TEST_P(OrdersContract, ShopsAreApart) {
  ASSERT_TRUE(this->fixture.place(this->shop, 1));
  EXPECT_EQ(this->settle({1}, this->other_shop)->at(0), std::nullopt);
  EXPECT_EQ(this->settle({1})->at(0), OrderStatus::pending);
  EXPECT_FALSE(this->fixture.place(this->other_shop, 1));
}

TYPED_TEST_P(OrdersContract, TakesAsManyAsItSays) {
  std::vector<OrderId> ids;
  for (std::uint32_t n = 1; n <= most_settled; ++n) ids.push_back(test::numbered<OrderId>(n));
  ASSERT_TRUE(this->fixture.place(this->shop, most_settled));
  const auto answer = sync_wait(this->fixture.orders().settle(this->shop, ids, Deadline::max()));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->size(), most_settled);
  EXPECT_EQ(answer->back(), OrderStatus::pending);
}

REGISTER_TYPED_TEST_SUITE_P(OrdersContract, AnswersForEachInTheOrderAsked, WhatIsNotThereNeverWillBe,
                            ShopsAreApart, TakesAsManyAsItSays);

}  // namespace cloudcart::product
