#include "adapters/sqlite/product/catalogue_index.h"

#include <gtest/gtest.h>

#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "support/catalogue_twins.h"
#include "support/temp_folder.h"

namespace cloudcart::product {
namespace {

constexpr auto no_deadline = Deadline::max();
const TenantId shop{"main"};
const StockNote note{"test", std::nullopt};

class CatalogueIndexTest : public testing::Test {
 protected:
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 2, 1000};
  sqlite::Store store{folder.path(), "product", readers};
  CatalogueIndex index;
  SqliteProductRepository products{store, index};
  SqliteStockRepository stock{store, index};
  test::CatalogueTwins twins{products, test::CatalogueTwins::Numbers::are_the_same};
};

TEST_F(CatalogueIndexTest, ListsAsThePlainAdapterDoesWhateverIsWritten) {
  for (int step = 0; step < 1500 && !HasFatalFailure(); ++step) {
    twins.write_something();
    twins.compare_some_list();
    if (step % 10 == 0) twins.compare_categories();
  }
}

TEST_F(CatalogueIndexTest, WhatWasThereBeforeTheFirstListIsLoaded) {
  for (int i = 0; i < 50; ++i) twins.create_next();
  for (int i = 0; i < 100; ++i) twins.compare_some_list();
}

TEST_F(CatalogueIndexTest, StockThatOrdersTakeAndGiveBackShowsInTheOrderByCount) {
  for (std::uint32_t n = 1; n <= 3; ++n) {
    auto fresh = twins.product(n);
    fresh.inventory_count = 10 * n;
    fresh.is_active = true;
    ASSERT_TRUE(sync_wait(products.create(shop, fresh, note, no_deadline)));
  }
  const auto order_by_count = [&] {
    std::vector<std::int64_t> counts;
    const ProductQuery wanted{.sort = ProductSort::inventory_count, .descending = true};
    for (const auto& listed : sync_wait(products.list(shop, wanted, no_deadline)).value().value.products)
      counts.push_back(listed.inventory_count);
    return counts;
  };
  using Counts = std::vector<std::int64_t>;
  EXPECT_EQ(order_by_count(), (Counts{30, 20, 10}));
  const auto order = test::order(1);
  ASSERT_TRUE(sync_wait(stock.reserve(shop, order, {{test::product(3), 25}, {test::product(2), 1}},
                                      from_unix_ms(1), no_deadline)));
  EXPECT_EQ(order_by_count(), (Counts{19, 10, 5}));
  ASSERT_TRUE(sync_wait(stock.release(shop, order, from_unix_ms(2), no_deadline)));
  EXPECT_EQ(order_by_count(), (Counts{30, 20, 10}));
}

/// Lists run on reader threads while products are edited and stock moves: for ThreadSanitizer, and for the rule that
/// one's own write shows.
TEST_F(CatalogueIndexTest, OwnWritesShowWhileOthersListAndWrite) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int running = 0;
  const auto worker = [&](std::uint32_t first) -> Task<void> {
    for (std::uint32_t i = 0; i < 60; ++i) {
      auto fresh = twins.product(first + i);
      fresh.is_active = true;
      fresh.name = "worker " + std::to_string(first);
      EXPECT_TRUE(co_await products.create(shop, fresh, note, no_deadline));
      const auto listed = co_await products.list(
          shop, {.terms = {"worker", std::to_string(first)}, .sort = ProductSort::inventory_count},
          no_deadline);
      EXPECT_EQ(listed->value.total, i + 1);
    }
    --running;
  };
  for (const std::uint32_t first : {1000U, 2000U, 3000U, 4000U}) {
    ++running;
    start(worker(first), [](auto) {});
  }
  executor.run_until([&] { return running == 0; });
}

}  // namespace
}  // namespace cloudcart::product
