#include "adapters/memory/cache/memory_cache.h"
#include "contract/cache/cache_contract.h"
#include "support/fake_clock.h"

namespace cloudcart::test {
namespace {

class MemoryCacheFixture {
 public:
  Cache& cache() { return cache_; }
  void pass(milliseconds time) { clock_.advance(time); }

 private:
  FakeClock clock_;
  MemoryCache cache_{clock_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, CacheContract, MemoryCacheFixture);

}  // namespace
}  // namespace cloudcart::test
