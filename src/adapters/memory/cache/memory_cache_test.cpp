#include "adapters/memory/cache/memory_cache.h"

#include <gtest/gtest.h>

#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart {
namespace {

constexpr auto no_deadline = Deadline::max();

class MemoryCacheTest : public testing::Test {
 protected:
  void put(const std::string& key, std::string value, Version version = 1) {
    ASSERT_TRUE(sync_wait(cache.put_if_newer(key, {std::move(value), version}, seconds{60}, no_deadline)));
  }
  std::optional<CacheEntry> get(std::string key) {
    return sync_wait(cache.get({std::move(key)}, no_deadline)).value().front();
  }

  test::FakeClock clock;
  MemoryCache cache{clock, {.max_bytes = 4096, .shards = 1}};
};

TEST_F(MemoryCacheTest, NeverHoldsMoreThanItsBytes) {
  for (int i = 0; i < 1000; ++i) {
    put("key " + std::to_string(i), std::string(static_cast<std::size_t>(i % 500), 'x'));
    ASSERT_LE(cache.size_bytes(), 4096U);
  }
  EXPECT_TRUE(get("key 999"));
}

TEST_F(MemoryCacheTest, TheLeastRecentlyUsedGoesFirst) {
  put("first", std::string(1000, 'a'));
  put("second", std::string(1000, 'b'));
  put("third", std::string(1000, 'c'));
  ASSERT_TRUE(get("first"));
  put("fourth", std::string(1000, 'd'));
  EXPECT_TRUE(get("first"));
  EXPECT_FALSE(get("second"));
  EXPECT_TRUE(get("fourth"));
}

TEST_F(MemoryCacheTest, AnEvictedEntryDoesNotComeBackOlder) {
  put("teapot", "new", 2);
  for (int i = 0; i < 10; ++i) put("filler " + std::to_string(i), std::string(1000, 'x'), 2);
  ASSERT_FALSE(get("teapot"));
  put("teapot", "old", 1);
  EXPECT_FALSE(get("teapot"));
  put("teapot", "new", 2);
  EXPECT_TRUE(get("teapot"));
}

TEST_F(MemoryCacheTest, AnEntryTooLargeIsNotKeptAndKeepsOlderOnesOut) {
  put("teapot", "old", 1);
  put("teapot", std::string(5000, 'x'), 2);
  EXPECT_FALSE(get("teapot"));
  put("teapot", "old", 1);
  EXPECT_FALSE(get("teapot"));
  EXPECT_EQ(cache.size_bytes(), 0U);
}

}  // namespace
}  // namespace cloudcart
