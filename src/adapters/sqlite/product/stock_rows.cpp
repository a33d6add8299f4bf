#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {

using sqlite::Connection;

std::int64_t move_stock(Connection& connection, const StockEntry& entry) {
  const auto* note = entry.note;
  auto ledger = connection.prepare(
      "INSERT INTO stock_movement(tenant, product_id, sequence, previous, kind, delta, order_id, reason, "
      "actor, moved_at) SELECT tenant, product_id, movements + 1, last_movement, ?, ?, ?, ?, ?, ? "
      "FROM stock WHERE tenant = ? AND product_id = ?");
  ledger.bind_all(to_string(entry.movement), entry.delta, entry.order_id);
  note ? ledger.bind(note->reason).bind(note->actor) : ledger.bind_null().bind_null();
  ledger.bind_all(entry.time, entry.tenant.value, entry.product_id).run();

  const auto change = after(Stock{}, entry.movement, entry.delta);
  connection
      .prepare(
          "UPDATE stock SET available = available + ?, reserved = reserved + ?, sold = sold + ?, "
          "movements = movements + 1, last_movement = last_insert_rowid() WHERE tenant = ? AND product_id = "
          "?")
      .bind_all(change.available, change.reserved, change.sold, entry.tenant.value, entry.product_id)
      .run();
  return connection.last_insert_rowid();
}

void add_stock(Connection& connection, const TenantId& tenant, const ProductId& id, std::int64_t count,
               const StockNote& note, Timestamp time) {
  connection.prepare("INSERT INTO stock(tenant, product_id, available) VALUES(?, ?, 0)")
      .bind_all(tenant.value, id)
      .run();
  move_stock(connection, {tenant, id, Movement::initial, count, std::nullopt, time, &note});
}

std::optional<StockRow> find_stock(Connection& connection, const TenantId& tenant, const ProductId& id) {
  auto row = connection.prepare(
      "SELECT available, reserved, sold, movements, last_movement FROM stock "
      "WHERE tenant = ? AND product_id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return StockRow{{row.integer(0), row.integer(1), row.integer(2)}, row.integer(3), row.integer(4)};
}

std::optional<StoredMovement> find_movement(Connection& connection, const TenantId& tenant,
                                            const ProductId& id, std::int64_t number) {
  auto row = connection.prepare(
      "SELECT sequence, kind, delta, order_id, reason, actor, moved_at, previous FROM stock_movement "
      "WHERE number = ? AND tenant = ? AND product_id = ?");
  row.bind_all(number, tenant.value, id);
  if (!row.step()) return std::nullopt;
  StockMovement movement{.sequence = row.integer(0),
                         .movement = parse_movement(row.text(1)).value(),
                         .delta = row.integer(2),
                         .time = row.timestamp(6)};
  if (!row.is_null(3)) movement.order_id = row.id<OrderId>(3);
  if (!row.is_null(4)) {
    movement.note.emplace(row.string(4));
    if (!row.is_null(5)) movement.note->actor = row.id<UserId>(5);
  }
  return StoredMovement{std::move(movement), row.optional_integer(7)};
}

}  // namespace cloudcart::product
