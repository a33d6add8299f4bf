#include <gtest/gtest.h>

#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_order_repository.h"
#include "order/app/order_app.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/order_history.h"

namespace cloudcart::order {
namespace {

using test::numbered;

const auto owner = numbered<UserId>(1);
const auto pot = numbered<ProductId>(1);

class OrderUseCasesTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryOrderState state;
  MemoryOrderRepository orders{state};
  MemoryCatalogue stock;
  MemoryCustomers customers;
  OrderApp app{{orders, stock, customers, clock, ids, Currency::parse("GBP").value()}};
  Order order;

  OrderUseCasesTest() {
    stock.put(pot, {.name = "Pot", .category = "Kitchen", .price = Money{1999}, .available = 10});
    order = sync_wait(app.place_order(as_owner(), {owner, {{pot, 4}}, "12 St James Square", std::nullopt}))
                .value();
  }

  static Caller as_owner() { return {.user = owner}; }
  static Caller as_stranger() { return {.user = numbered<UserId>(2)}; }
  static Caller as_staff() { return {.user = numbered<UserId>(3), .role = Role::staff}; }
  Result<Order> change(OrderStatus next) { return sync_wait(app.change_status(as_staff(), order.id, next)); }
  Result<Order> cancel(Caller caller) { return sync_wait(app.cancel_order(std::move(caller), order.id)); }
};

TEST_F(OrderUseCasesTest, OrdersOfOthersAreNotThere) {
  for (const auto& caller :
       {as_stranger(), Caller{}, Caller{.user = numbered<UserId>(4), .role = Role::analyst}}) {
    EXPECT_EQ(sync_wait(app.get_order(caller, order.id)).error().code, ErrorCode::not_found);
    EXPECT_EQ(sync_wait(app.order_history(caller, order.id)).error().code, ErrorCode::not_found);
    EXPECT_EQ(cancel(caller).error().code, ErrorCode::not_found);
    EXPECT_EQ(sync_wait(app.list_user_orders(caller, owner, {})).error().code, ErrorCode::not_found);
  }
  auto elsewhere = as_owner();
  elsewhere.tenant.value = "other";
  EXPECT_EQ(sync_wait(app.get_order(elsewhere, order.id)).error().code, ErrorCode::not_found);
}

TEST_F(OrderUseCasesTest, OwnersAndStaffSeeTheOrder) {
  for (const auto& caller : {as_owner(), as_staff()}) {
    EXPECT_EQ(sync_wait(app.get_order(caller, order.id)).value(), order);
    EXPECT_EQ(sync_wait(app.order_history(caller, order.id)).value().size(), 1U);
    EXPECT_EQ(sync_wait(app.list_user_orders(caller, owner, {})).value().total, 1);
  }
  EXPECT_EQ(sync_wait(app.list_orders(as_staff(), {})).value().total, 1);
}

TEST_F(OrderUseCasesTest, AWholeLifeIsInTheHistory) {
  for (const auto next :
       {OrderStatus::confirmed, OrderStatus::processing, OrderStatus::shipped, OrderStatus::delivered}) {
    clock.advance(seconds{1});
    ASSERT_TRUE(change(next));
  }
  EXPECT_EQ(change(OrderStatus::delivered).error().code, ErrorCode::invalid_transition);
  const auto history = sync_wait(app.order_history(as_owner(), order.id)).value();
  ASSERT_EQ(history.size(), 5U);
  for (std::size_t i = 0; i < history.size(); ++i)
    EXPECT_EQ(history[i].version, static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(history.back().type, "order.delivered");
  EXPECT_EQ(history.back().timestamp, clock.now());
}

TEST_F(OrderUseCasesTest, ConfirmingSellsTheStock) {
  ASSERT_TRUE(change(OrderStatus::confirmed));
  EXPECT_EQ(stock.at(pot).reserved, 0);
  EXPECT_EQ(stock.at(pot).sold, 4);
}

TEST_F(OrderUseCasesTest, CancellingGivesTheStockBackOnce) {
  ASSERT_TRUE(change(OrderStatus::confirmed));
  const auto cancelled = cancel(as_owner());
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->status, OrderStatus::cancelled);
  EXPECT_EQ(cancelled->payment_status, PaymentStatus::refunded);
  EXPECT_EQ(stock.at(pot).available, 10);
  EXPECT_EQ(cancel(as_owner()).error().code, ErrorCode::invalid_transition);
  EXPECT_EQ(stock.at(pot).available, 10);
}

TEST_F(OrderUseCasesTest, ProcessingOrdersAreCancelledByChangeOfStatusOnly) {
  ASSERT_TRUE(change(OrderStatus::confirmed));
  ASSERT_TRUE(change(OrderStatus::processing));
  EXPECT_EQ(cancel(as_owner()).error().code, ErrorCode::invalid_transition);
  EXPECT_EQ(cancel(as_staff()).error().code, ErrorCode::invalid_transition);
  ASSERT_TRUE(change(OrderStatus::cancelled));
  EXPECT_EQ(stock.at(pot).available, 10);
}

TEST_F(OrderUseCasesTest, UnknownOrdersAreNotFound) {
  order.id = numbered<OrderId>(77);
  EXPECT_EQ(change(OrderStatus::confirmed).error().code, ErrorCode::not_found);
  EXPECT_EQ(cancel(as_staff()).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace cloudcart::order
