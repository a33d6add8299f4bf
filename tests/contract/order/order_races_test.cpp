#include "contract/order/memory_orders.h"
#include "contract/order/order_races_contract.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrderRaces, MemoryOrders);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, OrderRaces, SqliteOrders);

}  // namespace cloudcart::order
