#include "adapters/memory/analytics/memory_analytics_store.h"
#include "upkeep_contract.h"

namespace cloudcart::analytics {
namespace {

class MemoryUpkeep {
 public:
  MemoryAnalyticsStore& store() { return store_; }
  void restart_in(std::string_view currency) { store_.set_currency(Currency::parse(currency).value()); }

 private:
  MemoryAnalyticsStore store_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, UpkeepContract, MemoryUpkeep);

}  // namespace cloudcart::analytics
