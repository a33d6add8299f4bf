#include "adapters/memory/analytics/memory_analytics_store.h"
#include "analytics_store_contract.h"

namespace cloudcart::analytics {

struct MemoryAnalytics {
  MemoryAnalyticsStore store;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AnalyticsStoreContract, MemoryAnalytics);

}  // namespace cloudcart::analytics
