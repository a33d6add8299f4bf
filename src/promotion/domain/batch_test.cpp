#include "promotion/domain/batch.h"

#include <gtest/gtest.h>

namespace cloudcart::promotion {
namespace {

const Table table{
    "s", "t", 1, {{"k", ValueType::integer}, {"v", ValueType::text, true}, {"r", ValueType::real}}};

Batch rows(std::vector<std::optional<std::string>> texts) {
  Batch batch(table.columns);
  std::int64_t number = 1;
  for (const auto& text : texts) {
    batch.columns[0].add(number++);
    text ? batch.columns[1].add(std::string_view{*text}) : batch.columns[1].add_null();
    batch.columns[2].add(0.1);
  }
  return batch;
}

TEST(BatchTest, ValuesComeBackAsTheyWere) {
  const auto batch = rows({"a", std::nullopt, "", std::string("\0x", 2)});
  EXPECT_EQ(batch.size(), 4U);
  EXPECT_EQ(batch.columns[1].bytes(0), "a");
  EXPECT_TRUE(batch.columns[1].is_null(1));
  EXPECT_FALSE(batch.columns[1].is_null(2));
  EXPECT_EQ(batch.columns[1].bytes(2), "");
  EXPECT_EQ(batch.columns[1].bytes(3), std::string_view("\0x", 2));
  EXPECT_EQ(batch.columns[0].number(3), 4);
  EXPECT_EQ(batch.columns[2].real(3), 0.1);
}

TEST(BatchTest, TheFirstRowThatDiffersIsFound) {
  const auto batch = rows({"a", "b", std::nullopt});
  EXPECT_EQ(first_difference(batch, rows({"a", "b", std::nullopt})), std::nullopt);
  EXPECT_EQ(first_difference(batch, rows({"a", "c", std::nullopt})), 1U);
  EXPECT_EQ(first_difference(batch, rows({"a", "b", ""})), 2U) << "nothing is not an empty text";
  EXPECT_EQ(first_difference(batch, rows({"a", "b"})), 2U);
  EXPECT_EQ(first_difference(rows({}), batch), 0U);
  EXPECT_EQ(first_difference(rows({"ab", "c"}), rows({"a", "bc"})), 0U);
}

TEST(BatchTest, AKeyIsTheFirstColumnsOfItsRow) {
  const auto batch = rows({"a", "b"});
  EXPECT_EQ(key_of(table, batch, 1).columns.size(), 1U);
  EXPECT_EQ(key_of(table, batch, 1).columns[0].number(0), 2);
  EXPECT_EQ(key_text(table, batch, 1), "2");
}

TEST(BatchTest, AValueOfAnotherTypeIsADefect) {
  Batch batch(table.columns);
  EXPECT_THROW(batch.columns[0].add(std::string_view{"1"}), std::logic_error);
  EXPECT_THROW(batch.columns[1].add(std::int64_t{1}), std::logic_error);
}

}  // namespace
}  // namespace cloudcart::promotion
