#include "adapters/redis/cache/lost_writes.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cloudcart::redis {
namespace {

using Keys = std::vector<std::pair<std::string, Version>>;

Keys sorted(Keys keys) {
  std::ranges::sort(keys);
  return keys;
}

TEST(LostWrites, KeepsTheNewestVersionOfEachKeyAndHandsAllOver) {
  LostWrites lost(10'000);
  EXPECT_TRUE(lost.empty());
  lost.add({"a", "b"}, 5);
  lost.add({"a"}, 7);
  lost.add({"b"}, 4);
  EXPECT_FALSE(lost.empty());
  const auto taken = lost.take();
  EXPECT_EQ(sorted(taken.keys), (Keys{{"a", 7}, {"b", 5}}));
  EXPECT_EQ(taken.all_below, std::nullopt);
  EXPECT_TRUE(lost.empty());
}

TEST(LostWrites, WhatWasAddedIsDueUnderTheNumberThatItIsHandedOverWith) {
  LostWrites lost(10'000);
  EXPECT_EQ(lost.due(), 0U);
  lost.add({"a"}, 5);
  EXPECT_EQ(lost.due(), 1U);
  EXPECT_EQ(lost.take().number, 1U);
  EXPECT_EQ(lost.due(), 1U);
  lost.add_all_below(7);
  EXPECT_EQ(lost.due(), 2U);
}

TEST(LostWrites, TooManyCountAsAllBelowTheNewest) {
  LostWrites lost(1'000);
  lost.add({"newest"}, 90);
  for (int i = 0; i < 50; ++i) lost.add({"key " + std::to_string(i)}, i);
  const auto taken = lost.take();
  EXPECT_EQ(taken.all_below, 90);
  EXPECT_TRUE(taken.keys.empty()) << "older than all that is given up";
}

TEST(LostWrites, WhatIsLostAfterwardsIsKeptByKeyAgain) {
  LostWrites lost(10'000);
  lost.add({"a"}, 3);
  lost.add_all_below(5);
  lost.add({"b"}, 5);
  lost.add({"c"}, 6);
  const auto taken = lost.take();
  EXPECT_EQ(taken.all_below, 5);
  EXPECT_EQ(taken.keys, (Keys{{"c", 6}}));
}

}  // namespace
}  // namespace cloudcart::redis
