#include "contract/order/customer_erasure_contract.h"
#include "contract/order/order_ledger_contract.h"
#include "contract/order/order_repository_contract.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, OrderRepositoryContract, SqliteOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, OrderLedgerContract, SqliteOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, CustomerErasureContract, SqliteOrders);

}  // namespace cloudcart::order
