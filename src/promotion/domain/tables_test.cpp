#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "promotion/domain/table.h"

namespace cloudcart::promotion {
namespace {

TEST(TablesTest, EachTableIsNamedOnceAndHasWhatTellsItsRowsApart) {
  std::set<std::string_view> names;
  for (const auto& table : tables()) {
    EXPECT_TRUE(names.insert(table.name).second) << table.name;
    EXPECT_LE(table.key_size, table.columns.size()) << table.name;
    for (const auto& column : table.key()) EXPECT_FALSE(column.nullable) << table.name << "." << column.name;
  }
}

TEST(TablesTest, OnlyWholeNumbersAreSummed) {
  for (const auto& table : tables())
    for (const auto& column : table.columns)
      EXPECT_TRUE(!column.summed || (column.type == ValueType::integer && !column.nullable))
          << table.name << "." << column.name;
}

TEST(TablesTest, WhatARowRefersToComesBeforeIt) {
  const auto place = [](std::string_view name) {
    return std::ranges::find(tables(), name, &Table::name) - tables().begin();
  };
  EXPECT_LT(place("session"), place("refresh_token"));
  EXPECT_LT(place("product"), place("stock"));
  EXPECT_LT(place("orders"), place("order_event"));
}

}  // namespace
}  // namespace cloudcart::promotion
