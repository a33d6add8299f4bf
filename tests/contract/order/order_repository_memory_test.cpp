#include "contract/order/memory_orders.h"
#include "contract/order/order_ledger_contract.h"
#include "contract/order/order_repository_contract.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrderRepositoryContract, MemoryOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrderLedgerContract, MemoryOrders);

}  // namespace cloudcart::order
