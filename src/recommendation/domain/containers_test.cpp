#include <map>
#include <random>

#include <gmock/gmock.h>

#include "recommendation/domain/id_index.h"
#include "recommendation/domain/index_map.h"
#include "recommendation/domain/leaderboard.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

TEST(IdIndexTest, NumbersIdsInOrderOfFirstSight) {
  IdIndex<ProductId> index;
  EXPECT_EQ(index.find(test::product(0)), std::nullopt);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  EXPECT_EQ(index.size(), 10'000);
  EXPECT_EQ(index.find(test::product(70)), 10);
  EXPECT_EQ(index[10], test::product(70));
  EXPECT_EQ(index.find(test::product(71)), std::nullopt);
}

std::map<std::uint32_t, int> contents(const IndexMap<int>& map) {
  std::map<std::uint32_t, int> entries;
  map.for_each([&](std::uint32_t index, int value) { EXPECT_TRUE(entries.emplace(index, value).second); });
  return entries;
}

TEST(IndexMapTest, HoldsWhatWasAdded) {
  std::mt19937 random(1);
  IndexMap<int> map;
  std::map<std::uint32_t, int> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t index = random() % 1000;
    const int change = static_cast<int>(random() % 5) - 2;
    map.add(index, change);
    expected[index] += change;
    if (expected[index] == 0) expected.erase(index);
  }
  EXPECT_EQ(contents(map), expected);
  for (std::uint32_t index = 0; index < 1000; ++index)
    EXPECT_EQ(map.at(index), expected.contains(index) ? expected[index] : 0);
}

TEST(IndexMapTest, AnEmptyOneHoldsZeros) {
  EXPECT_EQ(IndexMap<int>{}.at(3), 0);
  EXPECT_EQ(IndexMap<int>{}.bytes(), 0);
}

TEST(IndexMapTest, NeverGrowsWithinItsReserve) {
  for (std::size_t count = 1; count < 200; ++count) {
    IndexMap<int> map;
    map.reserve(count);
    const auto bytes = map.bytes();
    for (std::uint32_t index = 0; index < count; ++index) map.add(index * 31, 1);
    EXPECT_EQ(map.bytes(), bytes) << count;
    EXPECT_EQ(contents(map).size(), count);
  }
}

TEST(IndexMapTest, WhatCameToZeroTakesNoRoomForGood) {
  IndexMap<int> map;
  for (std::uint32_t index = 0; index < 100'000; ++index) {
    map.add(index, 1);
    map.add(index, -1);
  }
  EXPECT_TRUE(contents(map).empty());
  EXPECT_LE(map.bytes(), 1024);
}

TEST(LeaderboardTest, KeepsTheBestFirstAndEqualOnesById) {
  Leaderboard<int> board;
  board.update(test::product(3), {}, 5);
  board.update(test::product(1), {}, 5);
  board.update(test::product(2), {}, 7);
  const auto products = [&](std::size_t limit) {
    std::vector<ProductId> answer;
    for (const auto& entry : board.best(limit)) answer.push_back(entry.product);
    return answer;
  };
  EXPECT_THAT(products(10), testing::ElementsAre(test::product(2), test::product(1), test::product(3)));
  board.update(test::product(3), 5, 8);
  board.update(test::product(2), 7, {});
  EXPECT_THAT(products(10), testing::ElementsAre(test::product(3), test::product(1)));
  EXPECT_THAT(products(1), testing::ElementsAre(test::product(3)));
}

}  // namespace
}  // namespace cloudcart::recommendation
