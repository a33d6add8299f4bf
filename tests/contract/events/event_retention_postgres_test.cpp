#include "contract/events/event_retention_contract.h"
#include "contract/order/postgres_orders.h"

namespace cloudcart::order {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, EventRetentionContract, PostgresOrders);

}  // namespace cloudcart::order
