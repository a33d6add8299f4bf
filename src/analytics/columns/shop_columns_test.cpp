// What only shows with more orders than a block holds and more customers than a bitmap's container: the contract suites
// hold the columns to every question, on small histories.
#include "analytics/columns/shop_columns.h"

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;

constexpr std::uint32_t orders = 3 * block_size + 17, customers = 70'000, items = 300;

class LargeShopTest : public testing::Test {
 protected:
  LargeShopTest() {
    for (std::uint32_t number = 1; number <= customers; ++number)
      columns.learn_customer(number, id_of<UserId>(number));
    for (std::uint32_t item = 0; item < items; ++item)
      columns.items().learn(item, id_of<ProductId>(item), "Category " + std::to_string(item % 7));
    std::mt19937 random(5);
    for (std::uint32_t number = 0; number < orders; ++number) {
      const auto day = number * 60 / orders;
      OrderChange change{.number = number,
                         .customer = static_cast<std::uint32_t>(1 + random() % customers),
                         .order = id_of<OrderId>(number)};
      change.placed = Sale{first_day + day * 24h + milliseconds{random() % 86'400'000}, 0, 0, {}};
      std::set<std::uint32_t> held;
      for (int line = 0; line < 3; ++line) held.insert(random() % items);
      for (const auto item : held) {
        change.placed->lines.push_back({item, 2, 100 + item});
        change.placed->units += 2;
        change.placed->amount += 100 + item;
        amount_of_item[item] += 100 + item;
      }
      gross_of_day[day] += change.placed->amount;
      buyers_of_day[day].insert(change.customer);
      columns.apply(change);
    }
  }

  const Timestamp first_day = at("2026-01-01T00:00:00.000Z");
  ShopColumns columns{TimeZone{}};
  std::map<std::uint32_t, std::int64_t> amount_of_item, gross_of_day;
  std::map<std::uint32_t, std::set<std::uint32_t>> buyers_of_day;
};

TEST_F(LargeShopTest, DaysAreWhatTheirOrdersComeTo) {
  std::vector<Timestamp> bounds;
  for (int day = 0; day <= 60; ++day) bounds.push_back(first_day + day * 24h);
  const auto by_day = columns.ask({.moments = {{bounds.front(), bounds.back()}},
                                   .axes = {{Dimension::day, axis_between(bounds)}},
                                   .customers = true});
  ASSERT_EQ(by_day->rows.size(), 60u);
  for (std::uint32_t day = 0; day < 60; ++day) {
    EXPECT_EQ(by_day->rows[day].figures.gross, Money{gross_of_day[day]}) << day;
    EXPECT_EQ(by_day->rows[day].figures.active_customers, std::ssize(buyers_of_day[day])) << day;
  }
  EXPECT_EQ(by_day->total.placed_orders, orders);
  // Days that begin within a day of the shop's zone are counted in another way.
  for (auto& bound : bounds) bound += 1h;
  const auto shifted = columns.ask({.moments = {{first_day, bounds.back()}}, .axes = {}, .customers = true});
  EXPECT_EQ(shifted->total.active_customers, by_day->total.active_customers);
}

TEST_F(LargeShopTest, ProductsAreTheSameOverAllTimeAndPutTogetherFromItsParts) {
  const auto middle = first_day + 17 * 24h + 5h;
  const auto ask = [&](std::vector<TimeRange> moments) {
    std::map<Member, std::int64_t> amounts;
    const auto answer = columns.ask({.moments = std::move(moments), .axes = {{Dimension::product, {}}}});
    for (const auto& row : answer->rows) amounts[row.members[0]] = row.figures.gross.minor_units();
    return amounts;
  };
  const auto all = ask({all_time});
  auto parts = ask({{Timestamp::min(), middle}});
  for (const auto& [product, amount] : ask({{middle, Timestamp::max()}})) parts[product] += amount;
  EXPECT_EQ(all, parts);
  ASSERT_EQ(all.size(), items);
  for (std::uint32_t item = 0; item < items; ++item)
    EXPECT_EQ(all.at(Member{id_of<ProductId>(item)}), amount_of_item[item]) << item;
}

TEST_F(LargeShopTest, OnlyGroupsInWhichSomethingHappenedCount) {
  std::vector<Timestamp> bounds;
  for (int hour = 0; hour <= 60 * 24 * 4; ++hour) bounds.push_back(first_day + hour * 15min);
  const auto answer = columns.ask(
      {.moments = {{bounds.front(), bounds.back()}},
       .axes = {
           {Dimension::hour, axis_between(bounds)}, {Dimension::product, {}}, {Dimension::customer, {}}}});
  // As many groups as there are lines, which is fewer than a million.
  ASSERT_TRUE(answer);
  EXPECT_LE(answer->groups, 3u * orders);
  EXPECT_GT(answer->groups, 2u * orders);
}

}  // namespace
}  // namespace cloudcart::analytics
