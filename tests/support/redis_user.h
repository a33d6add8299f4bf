#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/redis/cache/redis_cache.h"
#include "runtime/executor.h"

namespace cloudcart::test {

/// Looks every millisecond, for up to 20 s.
inline bool within_time(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + seconds{20};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return true;
}

/// One process' cache in Redis, without the coroutines.
class RedisUser {
 public:
  explicit RedisUser(RedisCacheOptions options) : cache_(std::move(options)) {}

  bool put(std::string key, std::string value, Version version, milliseconds time_to_live = seconds{60}) {
    return sync_wait(cache_.put_if_newer(std::move(key), {std::move(value), version}, time_to_live,
                                         Deadline::max()))
        .has_value();
  }
  bool erase(std::vector<std::string> keys, Version version) {
    return sync_wait(cache_.erase(std::move(keys), version, Deadline::max())).has_value();
  }
  Result<std::vector<std::optional<CacheEntry>>> ask(std::vector<std::string> keys,
                                                     Deadline deadline = Deadline::max()) {
    return sync_wait(cache_.get(std::move(keys), deadline));
  }
  /// Empty for nothing and for no answer.
  std::string get(std::string key) {
    const auto entries = ask({std::move(key)});
    return entries && entries->front() ? entries->front()->value : "";
  }
  bool comes_up() {
    return within_time([this] { return cache_.is_up(); });
  }
  RedisCache& cache() { return cache_; }

 private:
  RedisCache cache_;
};

}  // namespace cloudcart::test
