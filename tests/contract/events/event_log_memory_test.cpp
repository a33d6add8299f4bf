#include "contract/events/event_log_contract.h"
#include "contract/order/memory_orders.h"

namespace cloudcart::events {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, EventLogContract, order::MemoryOrders);

}  // namespace cloudcart::events
