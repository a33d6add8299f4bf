#include "recommendation/offline/purchases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudcart::recommendation::offline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Timestamp day(int number) {
  return std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + std::chrono::days{number};
}

TEST(WordIndexTest, NumbersWordsInOrderOfFirstSight) {
  WordIndex index;
  EXPECT_FALSE(index.find("a"));
  for (std::uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(index.add("word " + std::to_string(i)), i);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    ASSERT_EQ(index.add("word " + std::to_string(i)), i);
    ASSERT_EQ(index[i], "word " + std::to_string(i));
  }
  EXPECT_EQ(index.size(), 10'000);
  EXPECT_EQ(index.find("word 77"), 77);
  EXPECT_FALSE(index.find("word"));
  EXPECT_EQ(index.add(""), 10'000);
  EXPECT_EQ(index[10'000], "");
}

TEST(WordIndexTest, IdsSortByNumberAndLeadBack) {
  const std::vector<std::uint32_t> numbers{0, 1, 255, 256, 65'536, UINT32_MAX};
  for (const auto number : numbers) {
    EXPECT_EQ(number_of(id_of<ProductId>(number)), number);
    EXPECT_FALSE(id_of<ProductId>(number).value.is_nil());
  }
  for (std::size_t i = 1; i < numbers.size(); ++i)
    EXPECT_LT(id_of<ProductId>(numbers[i - 1]), id_of<ProductId>(numbers[i]));
}

struct Row {
  std::uint32_t item, quantity;
  bool operator==(const Row&) const = default;
};

std::vector<Row> rows(const Purchases& purchases, std::size_t order) {
  std::vector<Row> out;
  for (const auto& line : purchases.lines(purchases.orders()[order]))
    out.push_back({line.item, line.quantity});
  return out;
}

TEST(PurchaseCollectorTest, PutsScatteredLinesOfAnOrderTogether) {
  Words words;
  PurchaseCollector collector(words);
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(3), 2}));
  ASSERT_TRUE(collector.add({"o2", "bob", "ink", day(2), 1}));
  ASSERT_TRUE(collector.add({"o1", "ann", "cup", day(1), 1}));
  ASSERT_TRUE(collector.add({"o2", "bob", "pen", day(2), 4}));
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(2), 5}));
  const auto purchases = std::move(collector).finish();
  ASSERT_EQ(purchases.orders().size(), 2);
  EXPECT_EQ(purchases.orders()[0].time, day(1));
  EXPECT_THAT(rows(purchases, 0), ElementsAre(Row{0, 7}, Row{2, 1}));
  EXPECT_THAT(rows(purchases, 1), ElementsAre(Row{1, 1}, Row{0, 4}));
  EXPECT_EQ(purchases.line_count(), 4);
  EXPECT_THAT(BoughtItems(purchases).of(*words.customers.find("ann")), ElementsAre(0, 2));
}

TEST(PurchaseCollectorTest, HugeQuantitiesStayAtTheLargest) {
  Words words;
  PurchaseCollector collector(words);
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(0), 4'000'000'000}));
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(0), 4'000'000'000}));
  EXPECT_THAT(rows(std::move(collector).finish(), 0), ElementsAre(Row{0, UINT32_MAX}));
}

TEST(PurchaseCollectorTest, AnOrderIsOneCustomers) {
  Words words;
  PurchaseCollector collector(words);
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(0)}));
  const auto added = collector.add({"o1", "bob", "pen", day(0)});
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("\"o1\" is of customer \"ann\""));
}

TEST(PurchasesTest, ABookHasWhatTheEventsTell) {
  Words words;
  PurchaseCollector collector(words);
  ASSERT_TRUE(collector.add({"o1", "ann", "pen", day(3), 2}));
  ASSERT_TRUE(collector.add({"o2", "ann", "ink", day(2), 1}));
  const auto book = std::move(collector).finish().book();
  EXPECT_EQ(book.order_count(), 2);
  EXPECT_EQ(book.users().size(), 1);
  EXPECT_EQ(book.newest(), day(3));
  EXPECT_EQ(book.lines(book.order(0))[0].quantity, 2);
  EXPECT_EQ(book.products().find(id_of<ProductId>(1)), 1);
}

TEST(PurchasesTest, AnOrderInBothPartsIsRefused) {
  Words words;
  const auto one = [&](std::string_view order) {
    PurchaseCollector collector(words);
    EXPECT_TRUE(collector.add({order, "ann", "pen", day(0)}));
    return std::move(collector).finish();
  };
  const auto train = one("o1");
  EXPECT_TRUE(check_apart(train, one("o2"), words));
  const auto checked = check_apart(train, one("o1"), words);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("\"o1\""));
}

}  // namespace
}  // namespace cloudcart::recommendation::offline
