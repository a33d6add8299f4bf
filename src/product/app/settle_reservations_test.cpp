#include "product/app/settle_reservations.h"

#include <gtest/gtest.h>

#include "core/id_generator.h"
#include "product/app/product_app.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/memory_products.h"

namespace cloudcart::product {
namespace {

constexpr auto no_deadline = Deadline::max();
const TenantId shop, other_shop{"other"};

std::string count_of(const Product& product) {
  return std::to_string(product.inventory_count);
}

class SettleReservationsTest : public testing::Test, protected test::MemoryProductsBy<test::FakeClock> {
 protected:
  ProductId add(TenantId tenant = shop) {
    return sync_wait(app.create_product({.tenant = std::move(tenant)},
                                        {.name = "Teapot", .price = Money{1999}, .inventory_count = 10}))
        ->id;
  }
  OrderId reserve(std::int64_t quantity) { return reserve(shop, teapot, quantity); }
  OrderId reserve(TenantId tenant, ProductId product, std::int64_t quantity) {
    const auto order = ids.next_id<OrderId>();
    EXPECT_TRUE(sync_wait(app.reserve_stock({.tenant = std::move(tenant)}, order, {{product, quantity}})));
    return order;
  }
  Result<std::size_t> settle() { return sync_wait(app.settle_reservations(no_deadline)); }
  Stock kept(const TenantId& tenant = shop) {
    return sync_wait(stock.audit(tenant, no_deadline))->at(0).kept;
  }
  std::string shown() { return *sync_wait(app.get_product({}, teapot, &count_of)); }

  ProductId teapot = add();
};

TEST_F(SettleReservationsTest, AnOrderThatNeverCameGivesBackAfterTheTimeout) {
  const auto order = reserve(4);
  EXPECT_EQ(shown(), "6");
  clock.advance(std::chrono::minutes{15} - milliseconds{1});
  EXPECT_EQ(settle(), 0U);
  EXPECT_EQ(orders.asked, 0) << "nobody is asked before it is time";
  clock.advance(milliseconds{1});
  EXPECT_EQ(settle(), 1U);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
  EXPECT_EQ(shown(), "10") << "the cache knows of it";
  EXPECT_FALSE(orders.place(shop, order)) << "and the order cannot come any more";
  EXPECT_EQ(settle(), 0U);
}

TEST_F(SettleReservationsTest, AnOrderThatIsThereKeepsItsStockAndIsAskedAboutOnce) {
  const auto pending = reserve(1), shipped = reserve(2), cancelled = reserve(3);
  for (const auto& order : {pending, shipped, cancelled}) ASSERT_TRUE(orders.place(shop, order));
  orders.move_to(shop, shipped, OrderStatus::shipped);
  orders.move_to(shop, cancelled, OrderStatus::cancelled);
  clock.advance(std::chrono::minutes{15});
  EXPECT_EQ(settle(), 3U);
  EXPECT_EQ(kept(), (Stock{7, 1, 2}));
  clock.advance(std::chrono::hours{24 * 30});
  EXPECT_EQ(settle(), 0U);
  EXPECT_EQ(orders.asked, 1);
  ASSERT_TRUE(sync_wait(app.release_stock({}, pending)));
  EXPECT_EQ(kept(), (Stock{8, 0, 2}));
}

TEST_F(SettleReservationsTest, NothingMovesWhileTheOrderServiceDoesNotAnswer) {
  reserve(4);
  clock.advance(std::chrono::hours{1});
  orders.failure = Error{ErrorCode::outcome_unknown, "lost", {}};
  EXPECT_EQ(settle().error().code, ErrorCode::outcome_unknown);
  EXPECT_EQ(kept(), (Stock{6, 4, 0}));
  orders.failure.reset();
  EXPECT_EQ(settle(), 1U);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
}

TEST_F(SettleReservationsTest, WhatTheDeadReservedNeedNotWait) {
  reserve(4);
  clock.advance(milliseconds{1});
  const auto restarted_at = clock.now();
  MemoryCache other_cache{clock};
  CatalogueCache catalogue{other_cache, milliseconds{60'000}};
  SettleReservations after_restart{
      stock, orders, catalogue, clock, {.placed_by_the_dead_before = restarted_at}};
  clock.advance(milliseconds{1});
  reserve(2);
  EXPECT_EQ(sync_wait(after_restart(no_deadline)), 1U);
  EXPECT_EQ(kept(), (Stock{8, 2, 0}));
}

/// A crash between the two services' steps leaves the id closed and the stock reserved.
TEST_F(SettleReservationsTest, ACrashAfterClosingIsMadeUpForByAskingAgain) {
  const auto order = reserve(4);
  ASSERT_TRUE(sync_wait(orders.settle(shop, {order}, no_deadline)));
  clock.advance(std::chrono::hours{1});
  EXPECT_EQ(settle(), 1U);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
}

TEST_F(SettleReservationsTest, EachShopIsAskedAboutItsOwn) {
  const auto elsewhere = add(other_shop);
  const auto here = reserve(1), there = reserve(other_shop, elsewhere, 2);
  ASSERT_TRUE(orders.place(other_shop, there));
  clock.advance(std::chrono::hours{1});
  EXPECT_EQ(settle(), 2U);
  EXPECT_EQ(orders.asked, 2);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
  EXPECT_EQ(kept(other_shop), (Stock{8, 2, 0}));
  EXPECT_FALSE(orders.place(shop, here));
}

TEST_F(SettleReservationsTest, ManyAreSettledInBatches) {
  MemoryCache other_cache{clock};
  CatalogueCache catalogue{other_cache, milliseconds{60'000}};
  SettleReservations by_threes{stock, orders, catalogue, clock, {.batch = 3}};
  for (int i = 0; i < 7; ++i) reserve(1);
  clock.advance(std::chrono::hours{1});
  for (const std::size_t settled : {3U, 3U, 1U, 0U}) EXPECT_EQ(sync_wait(by_threes(no_deadline)), settled);
  EXPECT_EQ(orders.asked, 3);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
}

TEST_F(SettleReservationsTest, RunsUntilItIsStopped) {
  reserve(4);
  clock.advance(std::chrono::hours{1});
  EventLoop loop("settle-test");
  loop.start();
  BackgroundLoops background;
  std::atomic<bool> given_back{false};
  background.start("reservations", loop,
                   [&](BackgroundLoops::StopFlag stop) { return app.settle_reservations.run(stop); });
  background.start("watch", loop, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
    while (!stop.stopping() && !given_back) {
      given_back = (co_await stock.audit(shop, no_deadline))->at(0).kept == Stock{10, 0, 0};
      co_await stop.sleep_for(milliseconds{1});
    }
  });
  const auto give_up = std::chrono::steady_clock::now() + seconds{20};
  while (!given_back && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(milliseconds{1});
  background.request_stop();
  background.join();
  loop.stop();
  EXPECT_TRUE(given_back);
}

}  // namespace
}  // namespace cloudcart::product
