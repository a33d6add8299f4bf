#include "adapters/sqlite/order/closed_rows.h"

namespace cloudcart::order::rows {
namespace {

constexpr int purged_at_once = 1000;

}  // namespace

bool is_closed(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id) {
  auto row = connection.prepare("SELECT 1 FROM closed_order WHERE tenant = ? AND order_id = ?");
  row.bind_all(tenant.value, order_id);
  return row.step();
}

void close(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id, Timestamp now) {
  connection
      .prepare("INSERT INTO closed_order(tenant, order_id, closed_at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING")
      .bind_all(tenant.value, order_id, now)
      .run();
}

void purge_closed(sqlite::Connection& connection, Timestamp now) {
  connection
      .prepare(
          "DELETE FROM closed_order WHERE (tenant, order_id) IN (SELECT tenant, order_id FROM closed_order "
          "WHERE closed_at <= ? ORDER BY closed_at LIMIT ?)")
      .bind_all(now - closed_lifetime, purged_at_once)
      .run();
}

}  // namespace cloudcart::order::rows
