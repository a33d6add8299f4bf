#include "adapters/memory/analytics/memory_alert_repository.h"
#include "alert_repository_contract.h"

namespace cloudcart::analytics {

struct MemoryAlerts {
  MemoryAlertRepository alerts{alert_bounds};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AlertRepositoryContract, MemoryAlerts);

}  // namespace cloudcart::analytics
