#include "adapters/sqlite/product/catalogue_index.h"

#include <random>

#include <gtest/gtest.h>

#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "product/domain/search_text.h"
#include "support/order_history.h"
#include "support/temp_folder.h"

namespace cloudcart::product {
namespace {

constexpr auto no_deadline = Deadline::max();
const TenantId shop{"main"};
const StockNote note{"test", std::nullopt};

/// The same writes to the store and to the adapter that filters and sorts every product for every list.
class CatalogueIndexTest : public testing::Test {
 protected:
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 2, 1000};
  sqlite::Store store{folder.path(), "product", readers};
  CatalogueIndex index;
  SqliteProductRepository products{store, index};
  SqliteStockRepository stock{store, index};
  MemoryProductStore plain_store;
  MemoryProductRepository plain{plain_store};
  std::mt19937 random{11};

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(static_cast<std::uint32_t>(choices.size()))];
  }

  const std::vector<std::string> words{"Teapot", "teal", "ÄPFEL", "pot", "Blue", "b", "🫖", "K-12"};
  const std::vector<std::optional<std::string>> categories{std::nullopt, "Kitchen", "Garden", "Küche"};

  std::string text() { return one_of(words) + " " + one_of(words) + one_of(words); }
  Product product(std::uint32_t number) {
    return {.id = test::product(number),
            .name = text(),
            .description = below(2) == 0 ? std::optional{text()} : std::nullopt,
            .price = Money{1 + below(20)},
            .category_name = one_of(categories),
            .inventory_count = below(10),
            .is_active = below(5) != 0,
            .created_at = from_unix_ms(below(30)),
            .updated_at = from_unix_ms(100)};
  }
  ProductChange change() {
    ProductChange wanted;
    if (below(2) == 0) wanted.name = text();
    if (below(2) == 0) wanted.price = Money{1 + below(20)};
    if (below(3) == 0) wanted.category_name = one_of(categories);
    if (below(2) == 0) wanted.inventory_count = below(10);
    if (below(2) == 0) wanted.is_active = below(3) != 0;
    return wanted;
  }
  ProductQuery query() {
    ProductQuery wanted{.sort = static_cast<ProductSort>(below(4)), .descending = below(2) == 0};
    if (below(3) == 0) wanted.category = below(9) == 0 ? "None" : one_of(categories).value_or("Kitchen");
    if (below(3) == 0) wanted.min_price = Money{1 + below(20)};
    if (below(3) == 0) wanted.max_price = Money{1 + below(20)};
    if (below(3) == 0) wanted.terms = search_terms(below(2) == 0 ? one_of(words) : text());
    wanted.offset = below(2) == 0 ? 0 : below(40);
    wanted.limit = 1 + below(12);
    return wanted;
  }
  void compare(ProductQuery wanted) {
    for (int pages = 0; pages < 5; ++pages) {
      const auto got = sync_wait(products.list(shop, wanted, no_deadline)).value();
      const auto expected = sync_wait(plain.list(shop, wanted, no_deadline)).value();
      ASSERT_EQ(got.value.total, expected.value.total);
      ASSERT_EQ(got.value.has_more, expected.value.has_more);
      ASSERT_EQ(got.value.products, expected.value.products);
      ASSERT_EQ(got.as_of, expected.as_of);
      if (!got.value.has_more || got.value.products.empty()) return;
      wanted.after = position_of(got.value.products.back(), wanted.sort);
      wanted.offset = 0;
    }
  }
  void compare_categories() {
    auto got = sync_wait(products.categories(shop, no_deadline)).value().value;
    auto expected = sync_wait(plain.categories(shop, no_deadline)).value().value;
    std::ranges::sort(got);
    ASSERT_EQ(got, expected);
  }
};

TEST_F(CatalogueIndexTest, ListsAsThePlainAdapterDoesWhateverIsWritten) {
  std::uint32_t known = 0;
  for (int step = 0; step < 1500 && !HasFatalFailure(); ++step) {
    const auto kind = below(10);
    if (kind < 3 || known == 0) {
      const auto fresh = product(++known);
      ASSERT_TRUE(sync_wait(products.create(shop, fresh, note, no_deadline)));
      ASSERT_TRUE(sync_wait(plain.create(shop, fresh, note, no_deadline)));
    } else if (kind < 4) {
      std::vector<Product> batch;
      for (auto count = below(8); batch.size() < count;) batch.push_back(product(++known));
      if (!batch.empty()) batch.push_back(batch.front());
      ASSERT_EQ(sync_wait(products.import_products(shop, batch, no_deadline)).value().value,
                sync_wait(plain.import_products(shop, batch, no_deadline)).value().value);
    } else if (kind < 7) {
      const auto id = test::product(1 + below(known));
      const auto wanted = change();
      ASSERT_EQ(
          sync_wait(products.update(shop, id, wanted, note, from_unix_ms(200), no_deadline)).value().value,
          sync_wait(plain.update(shop, id, wanted, note, from_unix_ms(200), no_deadline)).value().value);
    }
    compare(query());
    if (step % 10 == 0) compare_categories();
  }
}

TEST_F(CatalogueIndexTest, WhatWasThereBeforeTheFirstListIsLoaded) {
  for (std::uint32_t n = 1; n <= 50; ++n) {
    const auto fresh = product(n);
    ASSERT_TRUE(sync_wait(products.create(shop, fresh, note, no_deadline)));
    ASSERT_TRUE(sync_wait(plain.create(shop, fresh, note, no_deadline)));
  }
  for (int i = 0; i < 100; ++i) compare(query());
}

TEST_F(CatalogueIndexTest, StockThatOrdersTakeAndGiveBackShowsInTheOrderByCount) {
  for (std::uint32_t n = 1; n <= 3; ++n) {
    auto fresh = product(n);
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
      auto fresh = product(first + i);
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
