#include "product/app/product_app.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/memory/cache/memory_cache.h"
#include "adapters/memory/product/memory_orders.h"
#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/memory/product/memory_stock_ledger.h"
#include "adapters/memory/product/memory_stock_repository.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart::product {
namespace {

/// Counts the reads that reach the store.
class CountedRepository final : public ProductRepository {
 public:
  explicit CountedRepository(ProductRepository& to) : to_(to) {}
  int reads = 0;

  Task<Result<AsOf<Product>>> create(TenantId tenant, Product product, StockNote note,
                                     Deadline deadline) override {
    return to_.create(std::move(tenant), std::move(product), std::move(note), deadline);
  }
  Task<Result<AsOf<Product>>> update(TenantId tenant, ProductId id, ProductChange change, StockNote note,
                                     Timestamp now, Deadline deadline) override {
    return to_.update(std::move(tenant), id, std::move(change), std::move(note), now, deadline);
  }
  Task<Result<AsOf<std::vector<Product>>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                Deadline deadline) override {
    ++reads;
    return to_.find(std::move(tenant), std::move(ids), deadline);
  }
  Task<Result<AsOf<ProductPage>>> list(TenantId tenant, ProductQuery query, Deadline deadline) override {
    ++reads;
    return to_.list(std::move(tenant), std::move(query), deadline);
  }
  Task<Result<AsOf<std::vector<std::string>>>> categories(TenantId tenant, Deadline deadline) override {
    ++reads;
    return to_.categories(std::move(tenant), deadline);
  }
  Task<Result<AsOf<std::size_t>>> import_products(TenantId tenant, std::vector<Product> products,
                                                  Deadline deadline) override {
    return to_.import_products(std::move(tenant), std::move(products), deadline);
  }

 private:
  ProductRepository& to_;
};

std::string show(const Product& product) {
  return product.name + "/" + std::to_string(product.inventory_count);
}
std::string show_page(const ProductQuery&, const ProductPage& page) {
  std::string text;
  for (const auto& product : page.products) text += show(product) + " ";
  return text;
}
std::string show_categories(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

class ProductAppTest : public testing::Test {
 protected:
  Product create(std::string name, std::int64_t count = 10, std::optional<std::string> category = {}) {
    clock.advance(seconds{1});
    return *sync_wait(app.create_product({}, {.name = std::move(name),
                                              .price = Money{100},
                                              .category_name = std::move(category),
                                              .inventory_count = count}));
  }
  Result<std::string> get(ProductId id, Caller caller = {}) {
    return sync_wait(app.get_product(caller, id, &show));
  }
  std::string list(ProductQuery query = {}) {
    return *sync_wait(app.list_products({}, std::move(query), &show_page));
  }

  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryProductStore store;
  MemoryProductRepository memory{store};
  CountedRepository products{memory};
  MemoryStockRepository stock{store};
  MemoryStockLedger ledger{store};
  MemoryOrders orders;
  MemoryCache cache{clock};
  ProductApp app{{products, stock, ledger, orders, cache, clock, ids}};
};

TEST_F(ProductAppTest, AProductIsReadOnceFromTheStore) {
  const auto teapot = create("Teapot");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*get(teapot.id), "Teapot/10");
  EXPECT_EQ(products.reads, 1);
}

TEST_F(ProductAppTest, EveryKindOfWriteIsVisibleAtOnce) {
  const auto teapot = create("Teapot");
  const auto order = ids.next_id<OrderId>();
  const auto expect = [&](const std::string& shown) {
    EXPECT_EQ(*get(teapot.id), shown);
    EXPECT_EQ(list(), shown + " ");
    EXPECT_EQ(std::to_string(sync_wait(app.find_products({}, {teapot.id}))->at(0).inventory_count),
              shown.substr(shown.find('/') + 1));
  };
  expect("Teapot/10");
  ASSERT_TRUE(sync_wait(app.update_product({}, teapot.id, {.name = "Kettle"})));
  expect("Kettle/10");
  ASSERT_TRUE(sync_wait(app.reserve_stock({}, order, {{teapot.id, 3}})));
  expect("Kettle/7");
  ASSERT_TRUE(sync_wait(app.confirm_stock({}, order)));
  expect("Kettle/7");
  ASSERT_TRUE(sync_wait(app.release_stock({}, order)));
  expect("Kettle/10");
}

TEST_F(ProductAppTest, ListsAndCategoriesSeeNewAndLeavingProducts) {
  const auto categories = [&] { return *sync_wait(app.list_categories({}, &show_categories)); };
  const auto cup = create("Cup", 1, "kitchen");
  EXPECT_EQ(list(), "Cup/1 ");
  EXPECT_EQ(categories(), "kitchen");
  create("Rake", 2, "Garden");
  create("Bowl", 3, "Kitchen");
  EXPECT_EQ(list(), "Bowl/3 Rake/2 Cup/1 ");
  EXPECT_EQ(categories(), "Garden,Kitchen,kitchen");
  ASSERT_TRUE(sync_wait(app.deactivate_product({}, cup.id)));
  EXPECT_EQ(list(), "Bowl/3 Rake/2 ");
  EXPECT_EQ(categories(), "Garden,Kitchen");
  auto imported = cup;
  imported.id = ids.next_id<ProductId>();
  imported.is_active = true;
  EXPECT_EQ(*sync_wait(app.import_products({}, {imported, cup})), 1U);
  EXPECT_EQ(list(), "Bowl/3 Rake/2 Cup/1 ");
}

TEST_F(ProductAppTest, ListsAreCachedByEveryParameter) {
  for (const auto* name : {"Cup", "Bowl", "Rake"}) create(name, 1, "Home");
  const auto after =
      position_of(*sync_wait(memory.list({}, {.limit = 1}, Deadline::max()))->value.products.begin(),
                  ProductSort::created_at);
  const std::vector<ProductQuery> queries{{},
                                          {.category = "Home"},
                                          {.terms = {"cup"}},
                                          {.terms = {"bowl"}},
                                          {.min_price = Money{100}},
                                          {.max_price = Money{100}},
                                          {.sort = ProductSort::name},
                                          {.sort = ProductSort::price},
                                          {.descending = false},
                                          {.after = after},
                                          {.offset = 1},
                                          {.limit = 2}};
  for (const auto& query : queries) list(query);
  EXPECT_EQ(products.reads, std::ssize(queries)) << "no two of them share an entry";
  for (const auto& query : queries)
    EXPECT_EQ(list(query), show_page(query, sync_wait(memory.list({}, query, Deadline::max()))->value));
  EXPECT_EQ(products.reads, std::ssize(queries)) << "and each has one";
}

TEST_F(ProductAppTest, AnInactiveProductIsThereForStaffOnlyAlsoFromTheCache) {
  const auto cup = create("Cup");
  ASSERT_TRUE(sync_wait(app.deactivate_product({}, cup.id)));
  const Caller staff{.user = UserId{}, .role = Role::staff},
      customer{.user = UserId{}, .role = Role::customer};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(get(cup.id).error().code, ErrorCode::not_found);
    EXPECT_EQ(get(cup.id, customer).error().code, ErrorCode::not_found);
    EXPECT_EQ(*get(cup.id, staff), "Cup/10");
  }
  EXPECT_EQ(products.reads, 1);
}

TEST_F(ProductAppTest, DeactivatingAgainIsTheSameAnswer) {
  const auto cup = create("Cup");
  clock.advance(seconds{1});
  const auto first = *sync_wait(app.deactivate_product({}, cup.id));
  clock.advance(seconds{1});
  EXPECT_EQ(*sync_wait(app.deactivate_product({}, cup.id)), first);
  EXPECT_FALSE(first.is_active);
  EXPECT_EQ(first.updated_at, cup.updated_at + seconds{1});
}

TEST_F(ProductAppTest, FindsEachProductOnceAndKeepsIt) {
  const auto cup = create("Cup", 1, "Home"), bowl = create("Bowl");
  const std::vector ids_asked{bowl.id, cup.id, bowl.id, ids.next_id<ProductId>()};
  const auto expected = testing::UnorderedElementsAre(summary_of(cup), summary_of(bowl));
  EXPECT_THAT(*sync_wait(app.find_products({}, ids_asked)), expected);
  EXPECT_EQ(products.reads, 1);
  EXPECT_THAT(*sync_wait(app.find_products({}, {cup.id, bowl.id})), expected);
  EXPECT_EQ(products.reads, 1);
}

TEST_F(ProductAppTest, ShopsDoNotShareTheCache) {
  const auto cup = create("Cup");
  EXPECT_TRUE(get(cup.id));
  EXPECT_FALSE(get(cup.id, {.tenant = {"other"}}));
  EXPECT_EQ(list(), "Cup/10 ");
  EXPECT_EQ(*sync_wait(app.list_products({.tenant = {"other"}}, {}, &show_page)), "");
  EXPECT_TRUE(sync_wait(app.find_products({.tenant = {"other"}}, {cup.id}))->empty());
}

TEST_F(ProductAppTest, ReservingChecksItsLines) {
  const auto cup = create("Cup");
  EXPECT_EQ(sync_wait(app.reserve_stock({}, ids.next_id<OrderId>(), {})).error().code,
            ErrorCode::validation_failed);
  EXPECT_EQ(sync_wait(app.reserve_stock({}, ids.next_id<OrderId>(), {{cup.id, -1}})).error().code,
            ErrorCode::validation_failed);
}

}  // namespace
}  // namespace cloudcart::product
