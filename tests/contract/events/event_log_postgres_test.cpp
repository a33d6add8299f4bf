#include "contract/events/event_log_contract.h"
#include "contract/order/postgres_orders.h"

namespace cloudcart::events {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, EventLogContract, order::PostgresOrders);

}  // namespace cloudcart::events
