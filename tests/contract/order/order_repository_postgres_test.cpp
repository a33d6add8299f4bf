#include "contract/order/customer_erasure_contract.h"
#include "contract/order/order_ledger_contract.h"
#include "contract/order/order_races_contract.h"
#include "contract/order/order_repository_contract.h"
#include "contract/order/postgres_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, OrderRepositoryContract, PostgresOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, OrderLedgerContract, PostgresOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, OrderRaces, PostgresOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, CustomerErasureContract, PostgresOrders);

}  // namespace cloudcart::order
