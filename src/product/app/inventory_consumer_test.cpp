#include "product/app/inventory_consumer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/id_generator.h"
#include "product/app/product_app.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/memory_products.h"

namespace cloudcart::product {
namespace {

constexpr auto no_deadline = Deadline::max();

std::string count_of(const Product& product) {
  return std::to_string(product.inventory_count);
}

class InventoryConsumerTest : public testing::Test, protected test::MemoryProductsBy<test::FakeClock> {
 protected:
  void SetUp() override {
    teapot =
        sync_wait(app.create_product({}, {.name = "Teapot", .price = Money{1999}, .inventory_count = 10}))
            ->id;
    order = ids.next_id<OrderId>();
    ASSERT_TRUE(sync_wait(app.reserve_stock({}, order, {{teapot, 4}})));
  }
  events::LogRecord record(std::int64_t position, std::string type, OrderId of,
                           OrderKind kind = OrderKind::sale) {
    // "order.created" is what a pending order says.
    const auto status = parse_order_status(type.substr(6)).value_or(OrderStatus::pending);
    return {position,
            {.event_id = ids.next_id<EventId>(),
             .type = std::move(type),
             .order_id = of,
             .status = status,
             .kind = kind}};
  }
  void apply(std::vector<events::LogRecord> records) {
    ASSERT_TRUE(sync_wait(app.inventory_consumer.apply(std::move(records), no_deadline)));
  }
  std::int64_t position() { return *sync_wait(app.inventory_consumer.position(no_deadline)); }
  Stock kept() { return sync_wait(stock.audit({}, no_deadline))->at(0).kept; }
  std::string shown() { return *sync_wait(app.get_product({}, teapot, &count_of)); }

  ProductId teapot;
  OrderId order;
};

TEST_F(InventoryConsumerTest, AConfirmedOrderIsSoldAndACancelledOneGivesBack) {
  apply({record(1, "order.created", order), record(2, "order.confirmed", order)});
  EXPECT_EQ(kept(), (Stock{6, 0, 4}));
  EXPECT_EQ(shown(), "6");
  apply({record(3, "order.processing", order), record(4, "order.cancelled", order)});
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
  EXPECT_EQ(shown(), "10") << "the cache knows of it";
}

TEST_F(InventoryConsumerTest, ARecordCountsOnce) {
  const std::vector records{record(1, "order.created", order), record(2, "order.cancelled", order)};
  apply(records);
  apply(records);
  EXPECT_EQ(kept(), (Stock{10, 0, 0}));
  EXPECT_EQ(position(), 2);
}

TEST_F(InventoryConsumerTest, EveryRecordMovesThePosition) {
  apply({record(7, "order.created", order)});
  EXPECT_EQ(position(), 7);
  EXPECT_EQ(kept(), (Stock{6, 4, 0}));
  apply({});
  EXPECT_EQ(position(), 7);
}

TEST_F(InventoryConsumerTest, AStepBehindConfirmedSellsToo) {
  for (const auto* later : {"order.processing", "order.shipped", "order.delivered"}) {
    const auto next = ids.next_id<OrderId>();
    ASSERT_TRUE(sync_wait(app.reserve_stock({}, next, {{teapot, 1}})));
    const auto before = kept();
    apply({record(position() + 1, later, next)});
    EXPECT_EQ(kept(), (Stock{before.available, before.reserved - 1, before.sold + 1})) << later;
    apply({record(position() + 1, "order.confirmed", next)});
    EXPECT_EQ(kept().sold, before.sold + 1) << "once";
  }
}

/// Whatever comes in whatever order, and however often: nothing stays with a cancelled order.
TEST_F(InventoryConsumerTest, ACancelledOrderHoldsNothingInAnyOrderOfEvents) {
  std::vector<std::string> types{"order.cancelled", "order.cancelled", "order.confirmed", "order.processing"};
  do {
    const auto next = ids.next_id<OrderId>();
    ASSERT_TRUE(sync_wait(app.reserve_stock({}, next, {{teapot, 2}})));
    for (const auto& type : types) apply({record(position() + 1, type, next)});
    EXPECT_EQ(kept(), (Stock{6, 4, 0})) << fmt::format("{}", fmt::join(types, " "));
    EXPECT_FALSE(sync_wait(app.reserve_stock({}, next, {{teapot, 2}}))) << "nor is it given anything again";
  } while (std::ranges::next_permutation(types).found);
}

/// An import says in the event of its creation what an order has become.
TEST_F(InventoryConsumerTest, ACreatedEventIsNoStep) {
  auto created = record(1, "order.created", order);
  created.event.status = OrderStatus::delivered;
  apply({created});
  EXPECT_EQ(kept(), (Stock{6, 4, 0}));
}

TEST_F(InventoryConsumerTest, ImportedHistoryAndCreditNotesChangeNothing) {
  const auto imported = ids.next_id<OrderId>();
  apply({record(1, "order.created", imported), record(2, "order.cancelled", imported),
         record(3, "order.cancelled", order, OrderKind::credit_note)});
  EXPECT_EQ(kept(), (Stock{6, 4, 0}));
  EXPECT_TRUE(sync_wait(app.reserve_stock({}, imported, {{teapot, 1}}))) << "and leave no release behind";
}

}  // namespace
}  // namespace cloudcart::product
