#include "contract/order/customer_erasure_contract.h"
#include "contract/order/memory_orders.h"
#include "contract/order/order_ledger_contract.h"
#include "contract/order/order_repository_contract.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrderRepositoryContract, MemoryOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrderLedgerContract, MemoryOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, CustomerErasureContract, MemoryOrders);

}  // namespace cloudcart::order
