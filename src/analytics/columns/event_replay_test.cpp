#include "analytics/columns/event_replay.h"

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;
using test::SaleEvents;

const auto noon = at("2026-07-14T12:00:00.000Z");
const CubeQuery by_product{.moments = {all_time}, .axes = {{Dimension::product, {}}}, .passages = true};

class EventReplayTest : public testing::Test {
 protected:
  SalesFigures total() const {
    return replay.memory().columns.ask({.moments = {all_time}, .customers = true, .passages = true})->total;
  }
  EventReplay replay{TimeZone{}};
  const SaleEvents sale{1, 7, {{1, 2, 50}, {2, 1, 10}}};
};

TEST_F(EventReplayTest, AnEventThatCameBeforeChangesNothing) {
  replay.take_in(sale.placed(noon));
  replay.take_in(sale.moved(2, OrderStatus::shipped, noon + seconds{60}));
  replay.take_in(sale.cancelled(3, noon + seconds{90}));
  const auto once = total();
  EXPECT_EQ(once.placed_orders, 1);
  EXPECT_EQ(once.cancelled_orders, 1);
  EXPECT_EQ(once.shipping_seconds, 60);
  EXPECT_EQ(once.new_customers, 1);
  replay.take_in(sale.placed(noon + seconds{5}));
  replay.take_in(sale.moved(2, OrderStatus::shipped, noon + seconds{70}));
  replay.take_in(sale.cancelled(3, noon + seconds{95}));
  EXPECT_EQ(total(), once);
}

TEST_F(EventReplayTest, WhatCameBeforeItsOrderWasPlacedCountsWithIt) {
  replay.take_in(sale.moved(3, OrderStatus::delivered, noon + seconds{600}));
  replay.take_in(sale.moved(2, OrderStatus::shipped, noon + seconds{60}));
  EXPECT_EQ(total(), SalesFigures{});
  replay.take_in(sale.placed(noon));
  EXPECT_EQ(total().shipping_seconds, 60);
  EXPECT_EQ(total().delivering_seconds, 600);
  ASSERT_EQ(replay.memory().recent.newest(5).size(), 1u);
  EXPECT_EQ(replay.memory().recent.newest(5)[0].status, OrderStatus::delivered);
  EXPECT_EQ(replay.memory().last_event_at, noon + seconds{600});
}

TEST_F(EventReplayTest, AProductCountsForTheCategoryOfItsTimeAndHasItsNewestName) {
  auto before = sale.placed(noon), after = SaleEvents(2, 7, {{1, 1, 50}}).placed(noon + seconds{1});
  before.lines[0].product_name = "Old name";
  after.lines[0].product_name = "New name";
  after.lines[0].category_name = "Other things";
  replay.take_in(after);
  replay.take_in(before);
  const auto products = replay.memory().columns.ask(by_product)->rows;
  ASSERT_EQ(products.size(), 2u);
  EXPECT_EQ(products[0].names[0], "New name");
  EXPECT_EQ(products[0].figures.gross, Money{150});
  const auto categories =
      replay.memory().columns.ask({.moments = {all_time}, .axes = {{Dimension::category, {}}}})->rows;
  ASSERT_EQ(categories.size(), 2u);
  EXPECT_EQ(categories[0].figures.gross, Money{50});
  EXPECT_EQ(categories[1].figures.gross, Money{110});
}

TEST_F(EventReplayTest, WhatItTakesIsCounted) {
  const auto empty = replay.bytes();
  for (std::uint32_t order = 1; order <= 1'000; ++order)
    replay.take_in(SaleEvents(order, order, {{order, 1, 50}}).placed(noon));
  EXPECT_GT(replay.bytes(), empty + 1'000 * 400);
}

}  // namespace
}  // namespace cloudcart::analytics
