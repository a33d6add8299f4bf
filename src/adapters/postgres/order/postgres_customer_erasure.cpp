#include "adapters/postgres/order/postgres_customer_erasure.h"

namespace cloudcart::order {

using postgres::Query;
using postgres::query;
using postgres::Session;

Task<Result<std::int64_t>> PostgresCustomerErasure::erase(TenantId tenant, UserId customer,
                                                          Deadline deadline) {
  return store_.write(
      deadline, [tenant = std::move(tenant), customer](Session& session) -> Task<Result<std::int64_t>> {
        // The count comes first: an order that is closed in between was counted as open, and is looked at again.
        std::vector<Query> statements{
            query("SELECT count(*) FROM orders WHERE tenant = $1 AND user_id = $2"
                  " AND status NOT IN ('delivered', 'cancelled')",
                  tenant.value, customer),
            query("UPDATE orders SET shipping_address = '' WHERE tenant = $1 AND user_id = $2"
                  " AND status IN ('delivered', 'cancelled') AND shipping_address <> ''",
                  tenant.value, customer),
            query("DELETE FROM idempotency_key WHERE tenant = $1 AND user_id = $2", tenant.value, customer)};
        const auto answers = co_await session.commit(std::move(statements));
        co_return answers[0][0].integer(0);
      });
}

}  // namespace cloudcart::order
