#include "contract/events/event_log_contract.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::events {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, EventLogContract, order::SqliteOrders);

}  // namespace cloudcart::events
