#include "contract/events/event_log_contract.h"
#include "contract/order/memory_orders.h"
#include "events/shared_log.h"

namespace cloudcart::events {
namespace {

/// One of the log's several readers.
struct SharedMemoryOrders {
  order::MemoryOrders orders;
  order::MemoryOrderRepository& repository = orders.repository;
  SharedEventLog log{orders.log};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, EventLogContract, order::MemoryOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Shared, EventLogContract, SharedMemoryOrders);

}  // namespace cloudcart::events
