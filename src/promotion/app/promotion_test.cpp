#include <gtest/gtest.h>

#include "adapters/memory/promotion/memory_shop.h"
#include "promotion/app/compare_shops.h"
#include "promotion/app/copy_shop.h"
#include "runtime/executor.h"

namespace cloudcart::promotion {
namespace {

constexpr std::size_t batch = 3;
constexpr Timestamp now{};

/// `rows` rows of made-up values that differ from each other.
Batch some_rows(const Table& table, std::int64_t rows) {
  Batch made(table.columns);
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      auto& values = made.columns[i];
      if (table.columns[i].nullable && row % 2 == 1)
        values.add_null();
      else if (values.type() < ValueType::text)
        values.add(values.type() == ValueType::boolean ? row % 2 : row * 10 + 1);
      else
        values.add(std::string_view{std::string(16, static_cast<char>('a' + row))});
    }
  return made;
}

class PromotionTest : public testing::Test {
 protected:
  PromotionTest() {
    std::int64_t rows = 0;
    for (const auto& table : tables())
      source_.put(table, some_rows(table, table.has_one_row() ? 1 : rows++ % 8));
  }
  Result<std::int64_t> copy(std::function<void(std::int64_t, std::int64_t)> show = {}) {
    const auto begun = sync_wait(target_.begin(source_.name, now, Deadline::max()));
    if (!begun) return std::unexpected(begun.error());
    return sync_wait(CopyShop(source_, target_, batch)(
        [&](std::string_view, std::int64_t done, std::int64_t total) {
          if (show) show(done, total);
        },
        Deadline::max()));
  }
  std::vector<TableComparison> compare() {
    const auto unseen = [](std::string_view, std::int64_t, std::int64_t) {};
    return sync_wait(CompareShops(static_cast<ShopSource&>(source_), static_cast<ShopTarget&>(target_),
                                  batch)(unseen, Deadline::max()))
        .value();
  }
  void expect_equal() {
    const auto compared = compare();
    EXPECT_EQ(compared.size(), tables().size());
    for (const auto& one : compared) EXPECT_TRUE(one.equal()) << one.table;
  }

  MemoryShop source_, target_;
};

TEST_F(PromotionTest, EverythingIsCopied) {
  ASSERT_TRUE(copy());
  expect_equal();
}

TEST_F(PromotionTest, ItGoesOnAfterEveryBatch) {
  int failures = 0;
  for (int batches = 0;; ++batches) {
    target_ = {};
    target_.fail_after(batches);
    if (copy()) break;
    ++failures;
    target_.fail_after(-1);
    ASSERT_TRUE(copy()) << "after " << batches;
    expect_equal();
  }
  EXPECT_GT(failures, 20);
}

TEST_F(PromotionTest, ASecondCopyAddsNothing) {
  ASSERT_TRUE(copy());
  std::int64_t singles = 0;
  for (const auto& table : tables()) singles += table.has_one_row();
  EXPECT_EQ(copy(), singles);
  expect_equal();
}

TEST_F(PromotionTest, ProgressGoesUpToTheWhole) {
  std::int64_t last = 0, whole = 0;
  ASSERT_TRUE(copy([&](std::int64_t done, std::int64_t total) {
    EXPECT_GE(done, last);
    EXPECT_LE(done, total);
    last = done;
    whole = total;
  }));
  EXPECT_GT(whole, 0);
}

const Table& table_named(std::string_view name) {
  return *std::ranges::find(tables(), name, &Table::name);
}

TEST_F(PromotionTest, ARowTooMuchIsFound) {
  ASSERT_TRUE(copy());
  auto extra = some_rows(table_named("stock"), 26);
  target_.put(table_named("stock"), extra);
  for (const auto& one : compare()) EXPECT_EQ(one.equal(), one.table != "stock") << one.table;
}

TEST_F(PromotionTest, AValueThatDiffersIsFoundByTheKeyOfItsRow) {
  MemoryShop other;
  for (const auto& table : tables()) other.put(table, some_rows(table, 5));
  source_ = other;
  ASSERT_TRUE(copy());
  auto rows = some_rows(table_named("stock"), 5);
  Batch changed(table_named("stock").columns);
  for (std::size_t i = 0; i < rows.columns.size(); ++i)
    for (std::size_t row = 0; row < rows.size(); ++row)
      changed.columns[i].add(rows.columns[i].number(row) + (i == 1 && row == 4 ? 7 : 0));
  MemoryShop twisted;
  for (const auto& table : tables())
    twisted.put(table, table.name == "stock" ? changed : some_rows(table, 5));
  target_ = twisted;
  for (const auto& one : compare()) {
    EXPECT_EQ(one.equal(), one.table != "stock") << one.table;
    if (one.table != "stock") continue;
    EXPECT_EQ(one.first_difference, "41");
    EXPECT_NE(one.source.sha256, one.target.sha256);
    EXPECT_EQ(one.target.sums[0].second - one.source.sums[0].second, 7);
    EXPECT_EQ(one.source.sums[1], one.target.sums[1]);
  }
}

}  // namespace
}  // namespace cloudcart::promotion
