#include "adapters/sqlite/order/sqlite_customer_erasure.h"

namespace cloudcart::order {
namespace {

using sqlite::Connection;

std::int64_t erase_rows(Connection& connection, const TenantId& tenant, UserId customer) {
  connection
      .prepare(
          "UPDATE orders SET shipping_address = '' WHERE tenant = ? AND user_id = ?"
          " AND status IN ('delivered', 'cancelled') AND shipping_address <> ''")
      .bind_all(tenant.value, customer)
      .run();
  connection.prepare("DELETE FROM idempotency_key WHERE tenant = ? AND user_id = ?")
      .bind_all(tenant.value, customer)
      .run();
  auto row = connection.prepare(
      "SELECT count(*) FROM orders WHERE tenant = ? AND user_id = ? AND status NOT IN ('delivered', "
      "'cancelled')");
  row.bind_all(tenant.value, customer);
  row.step();
  return row.integer(0);
}

}  // namespace

Task<Result<std::int64_t>> SqliteCustomerErasure::erase(TenantId tenant, UserId customer, Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto open,
      co_await store_.write(
          deadline, [tenant = std::move(tenant), customer](Connection& connection) -> Result<std::int64_t> {
            return erase_rows(connection, tenant, customer);
          }));
  CLOUDCART_CO_CHECK(co_await store_.forget_deleted(deadline));
  co_return open;
}

}  // namespace cloudcart::order
