#include <map>
#include <set>

#include <gtest/gtest.h>

#include "adapters/memory/import/memory_import_sink.h"
#include "core/text.h"
#include "demo/load_demo.h"
#include "demo/words.h"
#include "runtime/executor.h"

namespace cloudcart::demo {
namespace {

DemoOptions small() {
  return {.seed = 7,
          .products = 120,
          .customers = 200,
          .orders = 2'000,
          .days = 90,
          .end_time = parse_rfc3339("2026-11-23T15:30:00Z").value(),
          .zone = TimeZone::load("Europe/London").value()};
}

std::string csv_of(const DemoShop& shop) {
  std::string text;
  write_csv(shop, [&](std::string_view piece) { text += piece; });
  return text;
}

TEST(RandomTest, IsTheSameEverywhere) {
  Random random(1, 2);
  // Computed apart from this code; a change of these changes every demo shop.
  EXPECT_EQ(random.next(), 0xa5341c003d438835ULL);
  EXPECT_EQ(random.next(), 0xeb4282bd2961d5fbULL);
  EXPECT_EQ(random.next(), 0x7a59a58650e5ee27ULL);
}

TEST(DemoShopTest, TheSameOptionsGiveTheSameShop) {
  const auto one = DemoShop::make(small()).value(), two = DemoShop::make(small()).value();
  EXPECT_EQ(csv_of(one), csv_of(two));
  auto other = small();
  other.seed = 8;
  EXPECT_NE(csv_of(one), csv_of(DemoShop::make(other).value()));
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return hash;
}

TEST(DemoShopTest, TheShopIsTheSameOnEveryMachine) {
  EXPECT_EQ(hash_of(csv_of(DemoShop::make(small()).value())), 0x1e951e93d15e7a00ULL);
}

TEST(DemoShopTest, RecordsKeepTheRules) {
  const auto shop = DemoShop::make(small()).value();
  std::set<std::string> skus, names, emails;
  std::map<Uuid, Money> prices;
  for (const auto& product : shop.products(0, 1'000)) {
    EXPECT_TRUE(skus.insert(product.sku).second) << product.sku;
    EXPECT_TRUE(names.insert(product.name).second) << product.name;
    EXPECT_GT(product.price, Money{});
    EXPECT_GE(product.inventory_count, 0);
    EXPECT_FALSE(product.category_name.empty());
    prices[product.id.value] = product.price;
  }
  EXPECT_EQ(skus.size(), 120U);
  std::set<Uuid> customers;
  for (const auto& customer : shop.customers(0, 1'000)) {
    EXPECT_TRUE(emails.insert(customer.email).second);
    EXPECT_GE(customer.first_name.size(), 2U);
    customers.insert(customer.id.value);
  }
  EXPECT_EQ(customers.size(), 200U);

  Timestamp last{};
  std::size_t sales = 0, cancelled = 0, notes = 0;
  std::set<Uuid> ids;
  for (const auto& order : shop.orders(0, 10'000)) {
    EXPECT_TRUE(ids.insert(order.id.value).second);
    EXPECT_TRUE(customers.contains(order.user_id.value));
    EXPECT_GE(order.created_at, last);
    EXPECT_LE(order.created_at, small().end_time);
    last = order.created_at;
    ASSERT_FALSE(order.lines.empty());
    Money total;
    std::set<Uuid> products;
    for (const auto& line : order.lines) {
      EXPECT_EQ(line.price, prices.at(line.product_id.value));
      EXPECT_EQ(line.subtotal, line.price.times(line.quantity));
      EXPECT_TRUE(products.insert(line.product_id.value).second);
      total = total.plus(line.subtotal).value();
    }
    EXPECT_EQ(order.total, total);
    EXPECT_GE(order.shipping_address.size(), 10U);
    EXPECT_EQ(order.status, order.events.back().status);
    EXPECT_EQ(order.cancelled_at.has_value(), order.status == OrderStatus::cancelled);
    for (const auto& event : order.events) {
      EXPECT_TRUE(ids.insert(event.id.value).second);
      EXPECT_LE(event.at, small().end_time);
    }
    ++(order.kind == OrderKind::credit_note ? notes : sales);
    cancelled += order.kind == OrderKind::sale && order.cancelled_at ? 1 : 0;
  }
  EXPECT_EQ(sales, 2'000U);
  EXPECT_GT(cancelled, 20U);
  EXPECT_LT(cancelled, 120U);
  EXPECT_GT(notes, 5U);
}

TEST(DemoShopTest, AllStatusesAreThere) {
  auto options = small();
  options.orders = 20'000;
  const auto shop = DemoShop::make(options).value();
  std::set<OrderStatus> seen;
  for (const auto& order : shop.orders(0, 30'000)) seen.insert(order.status);
  EXPECT_EQ(seen.size(), all_order_statuses.size());
}

TEST(DemoShopTest, CustomersComeAgainAndGrowthShows) {
  const auto shop = DemoShop::make(small()).value();
  std::map<std::uint32_t, int> by_customer;
  std::size_t first_half = 0;
  const auto middle = small().end_time - std::chrono::days{45};
  for (std::size_t i = 0; i < shop.order_count(); ++i) {
    ++by_customer[shop.order(i).customer];
    first_half += shop.order(i).time < middle ? 1 : 0;
  }
  EXPECT_EQ(by_customer.size(), 200U) << "everybody bought once";
  int most = 0;
  for (const auto& [customer, orders] : by_customer) most = std::max(most, orders);
  EXPECT_GT(most, 40) << "and some often: 10 would be the same for all";
  EXPECT_LT(first_half * 100, shop.order_count() * 48);
}

TEST(DemoShopTest, BasketsHoldWhatGoesTogether) {
  auto options = small();
  options.orders = 8'000;
  const auto shop = DemoShop::make(options).value();
  std::size_t pairs = 0, linked = 0;
  for (std::size_t i = 0; i < shop.order_count(); ++i) {
    const auto lines = shop.lines_of(shop.order(i));
    for (const auto& a : lines) {
      for (const auto& b : lines) {
        if (a.product == b.product) continue;
        const auto &from = shop.product(a.product), &to = shop.product(b.product);
        const auto& kinds = categories[from.category].kinds[from.kind].goes_with;
        ++pairs;
        linked += from.category == to.category && std::ranges::find(kinds, to.kind) != kinds.end() ? 1 : 0;
      }
    }
  }
  // By chance it would be about 2.5 in 90 kinds.
  EXPECT_GT(linked * 100, pairs * 20);
}

TEST(DemoShopTest, NobodyBuysBeforeTheLaunchExceptWhereNothingElseIs) {
  const auto shop = DemoShop::make(small()).value();
  const auto first_day = small().end_time - std::chrono::days{90};
  std::size_t early = 0, lines = 0;
  for (std::size_t i = 0; i < shop.order_count(); ++i) {
    for (const auto& line : shop.lines_of(shop.order(i))) {
      ++lines;
      early +=
          shop.order(i).time < first_day + std::chrono::days{shop.product(line.product).launch_day} ? 1 : 0;
    }
  }
  EXPECT_EQ(early, 0U) << "of " << lines;
}

TEST(DemoShopTest, LoadingAgainLaterDoublesNothing) {
  history::MemoryImportSink sink;
  const auto shop = DemoShop::make(small()).value();
  const auto first = sync_wait(load_demo(shop, sink, {}, Deadline::max()));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->products, 120U);
  EXPECT_EQ(first->customers, 200U);
  EXPECT_EQ(first->orders, shop.order_count());
  EXPECT_EQ(sync_wait(load_demo(shop, sink, {}, Deadline::max()))->orders, 0U);
  auto later = small();
  later.end_time += std::chrono::days{2};
  const auto again = sync_wait(load_demo(DemoShop::make(later).value(), sink, {}, Deadline::max()));
  EXPECT_EQ(again->products + again->customers, 0U);
  std::size_t sales = 0;
  for (const auto& [id, order] : sink.shop().orders) sales += order.kind == OrderKind::sale ? 1 : 0;
  EXPECT_EQ(sales, 2'000U);
}

TEST(DemoShopTest, OptionsOutOfBoundsAreAllNamed) {
  const auto refused = DemoShop::make({.products = 9, .customers = 0, .orders = 0, .days = 4'000});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.size(), 4U);
}

TEST(DemoShopTest, TheSmallestAndAOneDayShopWork) {
  auto options = small();
  options.products = 10;
  options.customers = 1;
  options.orders = 1;
  options.days = 1;
  options.end_time = parse_rfc3339("2026-11-23T00:00:05Z").value();
  const auto shop = DemoShop::make(options).value();
  ASSERT_GE(shop.order_count(), 1U);
  EXPECT_LE(shop.orders(0, 1)[0].created_at, options.end_time);
}

TEST(DemoCatalogueTest, NamesStayDifferentInALargeShop) {
  const DemoCatalogue catalogue(3, 50'000, 365);
  std::set<std::string> names, skus;
  for (const auto& product : catalogue.products()) {
    names.insert(product.name);
    skus.insert(product.sku);
    ASSERT_LE(product.name.size(), 60U);
  }
  EXPECT_EQ(names.size(), 50'000U);
  EXPECT_EQ(skus.size(), 50'000U);
}

}  // namespace
}  // namespace cloudcart::demo
