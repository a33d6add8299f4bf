#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {

void move_stock(sqlite::Connection& connection, const StockEntry& entry) {
  const auto change = after(Stock{}, entry.movement, entry.delta);
  connection
      .prepare(
          "UPDATE stock SET available = available + ?, reserved = reserved + ?, sold = sold + ? "
          "WHERE tenant = ? AND product_id = ?")
      .bind_all(change.available, change.reserved, change.sold, entry.tenant.value, entry.product_id)
      .run();
  connection
      .prepare(
          "INSERT INTO stock_movement(tenant, product_id, kind, delta, order_id, moved_at) VALUES(?, ?, ?, "
          "?, ?, ?)")
      .bind_all(entry.tenant.value, entry.product_id, to_string(entry.movement), entry.delta, entry.order_id,
                entry.time)
      .run();
}

void add_stock(sqlite::Connection& connection, const TenantId& tenant, const ProductId& id,
               std::int64_t count, Timestamp time) {
  connection.prepare("INSERT INTO stock(tenant, product_id, available) VALUES(?, ?, 0)")
      .bind_all(tenant.value, id)
      .run();
  move_stock(connection, {tenant, id, Movement::initial, count, std::nullopt, time});
}

}  // namespace cloudcart::product
