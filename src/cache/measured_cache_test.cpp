#include "cache/measured_cache.h"

#include <gtest/gtest.h>

#include "runtime/executor.h"

namespace cloudcart {
namespace {

/// Has what is put into it, and can be told to fail.
class FakeCache final : public Cache {
 public:
  explicit FakeCache(const bool& fails) : fails_(fails) {}
  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys, Deadline) override {
    if (fails_) co_return fail(ErrorCode::unavailable, "told to fail");
    std::vector<std::optional<CacheEntry>> found;
    for (const auto& key : keys)
      found.push_back(key == known_ ? std::optional{CacheEntry{"v", 1}} : std::nullopt);
    co_return found;
  }
  Task<Status> put_if_newer(std::string key, CacheEntry, milliseconds, Deadline) override {
    if (fails_) co_return fail(ErrorCode::unavailable, "told to fail");
    known_ = std::move(key);
    co_return Status{};
  }
  Task<Status> erase(std::vector<std::string>, Version, Deadline) override {
    if (fails_) co_return fail(ErrorCode::unavailable, "told to fail");
    co_return Status{};
  }

 private:
  const bool& fails_;
  std::string known_;
};

TEST(MeasuredCacheTest, CountsKeysByWhatBecameOfThem) {
  constexpr auto no_deadline = MonotonicTime::max();
  bool fails = false;
  Metrics metrics;
  MeasuredCache cache(std::make_unique<FakeCache>(fails), metrics, "some");
  ASSERT_TRUE(sync_wait(cache.put_if_newer("a", {"v", 1}, seconds{1}, no_deadline)));
  const auto found = sync_wait(cache.get({"a", "b", "c"}, no_deadline)).value();
  EXPECT_TRUE(found[0] && !found[1] && !found[2]);
  ASSERT_TRUE(sync_wait(cache.erase({"a", "b"}, 2, no_deadline)));
  fails = true;
  EXPECT_FALSE(sync_wait(cache.get({"a", "b"}, no_deadline)));
  EXPECT_FALSE(sync_wait(cache.put_if_newer("a", {"v", 1}, seconds{1}, no_deadline)));
  EXPECT_FALSE(sync_wait(cache.erase({"a", "b", "c"}, 2, no_deadline)));
  const auto text = metrics.text();
  for (const auto* line : {R"(cloudcart_cache_reads_total{cache="some",result="hit"} 1)",
                           R"(cloudcart_cache_reads_total{cache="some",result="miss"} 2)",
                           R"(cloudcart_cache_reads_total{cache="some",result="failed"} 2)",
                           R"(cloudcart_cache_writes_total{cache="some",kind="put"} 1)",
                           R"(cloudcart_cache_writes_total{cache="some",kind="erase"} 2)",
                           R"(cloudcart_cache_writes_total{cache="some",kind="failed"} 4)"})
    EXPECT_TRUE(text.contains(line)) << line << "\n" << text;
}

}  // namespace
}  // namespace cloudcart
