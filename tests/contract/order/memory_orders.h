#pragma once

#include "adapters/memory/order/memory_customer_erasure.h"
#include "adapters/memory/order/memory_event_log.h"
#include "adapters/memory/order/memory_event_retention.h"
#include "adapters/memory/order/memory_order_ledger.h"
#include "adapters/memory/order/memory_order_repository.h"

namespace cloudcart::order {

struct MemoryOrders {
  MemoryOrderState state;
  MemoryOrderRepository repository{state};
  MemoryOrderLedger ledger{state};
  MemoryEventLog log{state};
  MemoryEventRetention retention{state};
  MemoryCustomerErasure erasure{state};
};

}  // namespace cloudcart::order
