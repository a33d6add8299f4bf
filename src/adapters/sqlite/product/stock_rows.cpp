#include "adapters/sqlite/product/stock_rows.h"

#include <stdexcept>

namespace cloudcart::product {

using sqlite::Connection;

namespace {

StockRow read_stock(const sqlite::Statement& row) {
  return {row.integer(0),
          {row.integer(1), row.integer(2), row.integer(3)},
          row.integer(4),
          row.optional_integer(5)};
}

}  // namespace

std::optional<StockRow> find_stock(Connection& connection, const TenantId& tenant, const ProductId& id) {
  auto row = connection.prepare(
      "SELECT s.number, available, reserved, sold, movements, last_movement FROM product p JOIN stock s "
      "ON s.number = p.number WHERE tenant = ? AND id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return read_stock(row);
}

StockRow stock_of(Connection& connection, std::int64_t product_number) {
  auto row = connection.prepare(
      "SELECT number, available, reserved, sold, movements, last_movement FROM stock WHERE number = ?");
  row.bind(product_number);
  if (!row.step()) throw std::logic_error("a product has no stock");
  return read_stock(row);
}

void move_stock(Connection& connection, StockRow& row, const StockEntry& entry) {
  auto ledger = connection.prepare(
      "INSERT INTO stock_movement(product, sequence, previous, kind, delta, order_id, moved_at, reason, "
      "actor) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  ledger.bind_all(row.number, row.movements + 1, row.last_movement, to_string(entry.movement), entry.delta,
                  entry.order_id, entry.time);
  const auto* note = entry.note;
  note ? ledger.bind(note->reason).bind(note->actor) : ledger.bind_null().bind_null();
  ledger.run();

  row.stock = after(row.stock, entry.movement, entry.delta);
  row.last_movement = connection.last_insert_rowid();
  ++row.movements;
  connection
      .prepare(
          "UPDATE stock SET available = ?, reserved = ?, sold = ?, movements = ?, last_movement = ? "
          "WHERE number = ?")
      .bind_all(row.stock.available, row.stock.reserved, row.stock.sold, row.movements, row.last_movement,
                row.number)
      .run();
}

void add_stock(Connection& connection, std::int64_t product_number, std::int64_t count, const StockNote& note,
               Timestamp time) {
  connection.prepare("INSERT INTO stock(number, available) VALUES(?, 0)").bind(product_number).run();
  StockRow row{.number = product_number};
  move_stock(connection, row, {Movement::initial, count, std::nullopt, time, &note});
}

std::optional<StoredMovement> find_movement(Connection& connection, std::int64_t product_number,
                                            std::int64_t number) {
  auto row = connection.prepare(
      "SELECT sequence, kind, delta, order_id, reason, actor, moved_at, previous FROM stock_movement "
      "WHERE number = ? AND product = ?");
  row.bind_all(number, product_number);
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
