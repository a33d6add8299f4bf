#include "contract/events/event_retention_contract.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, EventRetentionContract, SqliteOrders);

}  // namespace cloudcart::order
