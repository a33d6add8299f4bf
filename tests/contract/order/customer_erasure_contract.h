#pragma once

#include <gtest/gtest.h>

#include "order/ports/customer_erasure.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

/// What every CustomerErasure keeps. `Orders` has members `repository` and `erasure`.
template <class Orders>
class CustomerErasureContract : public testing::Test {
 protected:
  Orders adapters;
  OrderRepository& orders = adapters.repository;
  CustomerErasure& erasure = adapters.erasure;

  /// An order of the customer that has come so far.
  Order stored(std::uint32_t n, std::uint32_t user, std::vector<OrderStatus> steps = {},
               TenantId tenant = {}) {
    auto order = sample::order(n, user, std::move(tenant));
    EXPECT_TRUE(sync_wait(orders.create(sample::new_order(order), sample::no_deadline)));
    for (const auto step : steps) move(order, step);
    return order;
  }
  void move(Order& order, OrderStatus to) {
    const auto version = order.version;
    ASSERT_TRUE(order.move_to(to, sample::noon + seconds{600}));
    ASSERT_TRUE(sync_wait(orders.save_transition(order, version, sample::event(order), sample::no_deadline)));
  }
  Order find(const Order& order) {
    return sync_wait(orders.find(order.tenant, order.id, sample::no_deadline)).value().value();
  }
  std::int64_t erase(std::uint32_t user) {
    return sync_wait(erasure.erase({}, test::numbered<UserId>(user), sample::no_deadline)).value();
  }
  static constexpr std::initializer_list<OrderStatus> to_the_end{
      OrderStatus::confirmed, OrderStatus::processing, OrderStatus::shipped, OrderStatus::delivered};
};
TYPED_TEST_SUITE_P(CustomerErasureContract);

TYPED_TEST_P(CustomerErasureContract, TheAddressOfAClosedOrderGoesAndNothingElse) {
  auto delivered = this->stored(1, 1, this->to_the_end);
  auto cancelled = this->stored(2, 1, {OrderStatus::cancelled});
  EXPECT_EQ(this->erase(1), 0);
  delivered.shipping_address.clear();
  cancelled.shipping_address.clear();
  EXPECT_EQ(this->find(delivered), delivered);
  EXPECT_EQ(this->find(cancelled), cancelled);
  EXPECT_EQ(sync_wait(this->orders.events_of({}, delivered.id, sample::no_deadline)).value().size(), 5U);
  EXPECT_EQ(this->erase(1), 0) << "again";
}

TYPED_TEST_P(CustomerErasureContract, AnOpenOrderKeepsItsAddressUntilItIsClosed) {
  auto order = this->stored(1, 1, {OrderStatus::confirmed});
  EXPECT_EQ(this->erase(1), 1);
  EXPECT_EQ(this->find(order), order);
  this->move(order, OrderStatus::cancelled);
  EXPECT_EQ(this->erase(1), 0);
  EXPECT_EQ(this->find(order).shipping_address, "");
}

TYPED_TEST_P(CustomerErasureContract, OthersAreLeftAsTheyAre) {
  const auto of_other = this->stored(1, 2, this->to_the_end);
  const auto elsewhere = this->stored(2, 1, this->to_the_end, TenantId{"other"});
  EXPECT_EQ(this->erase(1), 0);
  EXPECT_EQ(this->find(of_other), of_other);
  EXPECT_EQ(this->find(elsewhere), elsewhere);
}

TYPED_TEST_P(CustomerErasureContract, KeysOfTheCustomerAreForgotten) {
  const auto claim = sample::claim("key", 1);
  ASSERT_TRUE(sync_wait(this->orders.claim_key(claim, sample::no_deadline)));
  auto entry = sample::new_order(sample::order(1001));
  entry.key = claim.key;
  ASSERT_TRUE(sync_wait(this->orders.create(std::move(entry), sample::no_deadline)));
  const auto again = sync_wait(this->orders.claim_key(sample::claim("key", 2), sample::no_deadline)).value();
  EXPECT_TRUE(again.completed);
  this->erase(1);
  const auto after = sync_wait(this->orders.claim_key(sample::claim("key", 3), sample::no_deadline)).value();
  EXPECT_FALSE(after.completed);
  EXPECT_EQ(after.order_id, test::numbered<OrderId>(1003));
}

REGISTER_TYPED_TEST_SUITE_P(CustomerErasureContract, TheAddressOfAClosedOrderGoesAndNothingElse,
                            AnOpenOrderKeepsItsAddressUntilItIsClosed, OthersAreLeftAsTheyAre,
                            KeysOfTheCustomerAreForgotten);

}  // namespace cloudcart::order
