#include <thread>

#include "adapters/redis/cache/redis_cache.h"
#include "contract/cache/cache_contract.h"
#include "core/id_generator.h"
#include "support/engines.h"

namespace cloudcart::test {
namespace {

/// On the tests' server, under a prefix of its own. The machine may be busy, so calls get time.
class RedisCacheFixture {
 public:
  RedisCacheFixture() {
    const auto until = std::chrono::steady_clock::now() + seconds{10};
    while (!cache_.is_up() && std::chrono::steady_clock::now() < until) pass(milliseconds{1});
  }
  Cache& cache() { return cache_; }
  void pass(milliseconds time) { std::this_thread::sleep_for(time); }

 private:
  static std::string fresh_prefix() {
    const SystemClock clock;
    return "test-" + SystemIdGenerator(clock).next().to_string();
  }

  RedisCache cache_{{.address = parse_server_address(redis_address(), redis_schemes).value(),
                     .prefix = fresh_prefix(),
                     .call_limit = seconds{5},
                     .settling = milliseconds{0}}};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Redis, CacheContract, RedisCacheFixture);

}  // namespace
}  // namespace cloudcart::test
