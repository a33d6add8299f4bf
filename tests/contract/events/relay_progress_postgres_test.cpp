#include "adapters/postgres/order/postgres_relay_progress.h"
#include "contract/events/relay_progress_contract.h"
#include "contract/order/postgres_orders.h"

namespace cloudcart::events {
namespace {

struct PostgresProgress : order::PostgresOrders {
  order::PostgresRelayProgress progress{store};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, RelayProgressContract, PostgresProgress);

}  // namespace cloudcart::events
