#include "contract/events/event_retention_contract.h"
#include "contract/order/memory_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, EventRetentionContract, MemoryOrders);

}  // namespace cloudcart::order
