#include "adapters/sqlite/product/sqlite_stock_ledger.h"

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;

/// Expired keys removed with each adjustment: more than come in, so that they cannot pile up.
constexpr int purged_per_adjustment = 4;

Result<StockHistory> read_history(Connection& connection, const TenantId& tenant, const ProductId& product,
                                  const HistoryQuery& query) {
  const auto row = find_stock(connection, tenant, product);
  if (!row) return fail(Error::not_found("Product"));
  StockHistory history{.stock = row->stock, .total = row->movements};
  std::optional<std::int64_t> number = query.from ? query.from : row->last_movement;
  while (number && history.movements.size() < query.limit) {
    auto entry = find_movement(connection, row->number, *number);
    if (!entry && query.from && history.movements.empty()) return fail(no_such_place());
    if (!entry) return fail(ErrorCode::internal, "The stock ledger of a product has a gap.");
    history.movements.push_back(std::move(entry->movement));
    number = entry->previous;
  }
  history.next = number;
  return history;
}

struct Adjusted {
  Stock stock;
  std::optional<std::int64_t> movement;  ///< its number
};

/// What a write answers, and what it made of the product's stock; nullopt when it changed nothing.
struct Written {
  AsOf<AdjustedStock> answer;
  std::optional<StockLevel> level;
};

AsOf<AdjustedStock> answer(Connection& connection, std::int64_t product_number, const Adjusted& adjusted,
                           ChangeNumber as_of) {
  AdjustedStock stock{.stock = adjusted.stock};
  if (adjusted.movement)
    stock.movement = find_movement(connection, product_number, *adjusted.movement).value().movement;
  return {std::move(stock), as_of};
}

void purge_expired(Connection& connection, Timestamp now) {
  connection
      .prepare(
          "DELETE FROM stock_adjustment_key WHERE (tenant, user_id, key) IN (SELECT tenant, user_id, key "
          "FROM stock_adjustment_key WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)")
      .bind_all(now, purged_per_adjustment)
      .run();
}

/// What was answered under the key. Errors: idempotency_conflict.
Result<std::optional<Adjusted>> find_answer(Connection& connection, const TenantId& tenant,
                                            const UserId& user, const IdempotencyKey& key,
                                            std::string_view request, Timestamp now) {
  auto row = connection.prepare(
      "SELECT request, available, reserved, sold, movement FROM stock_adjustment_key "
      "WHERE tenant = ? AND user_id = ? AND key = ? AND expires_at > ?");
  row.bind_all(tenant.value, user, key.value, now);
  if (!row.step()) return std::nullopt;
  if (row.text(0) != request) return fail(adjustment_key_conflict());
  return Adjusted{{row.integer(1), row.integer(2), row.integer(3)}, row.optional_integer(4)};
}

void keep_answer(Connection& connection, const TenantId& tenant, const UserId& user, const AdjustmentKey& key,
                 std::string_view request, const Adjusted& adjusted) {
  connection
      .prepare(
          "INSERT OR REPLACE INTO stock_adjustment_key(tenant, user_id, key, request, available, reserved, "
          "sold, movement, expires_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(tenant.value, user, key.key.value, request, adjusted.stock.available, adjusted.stock.reserved,
                adjusted.stock.sold, adjusted.movement, key.expires_at)
      .run();
}

Result<Adjusted> change_count(Connection& connection, StockRow row, const StockAdjustment& adjustment,
                              Timestamp now) {
  CLOUDCART_TRY(const auto delta, delta_of(adjustment, row.stock));
  if (delta == 0) return Adjusted{row.stock, std::nullopt};
  move_stock(connection, row, {Movement::adjust, delta, std::nullopt, now, &adjustment.note});
  return Adjusted{row.stock, row.last_movement};
}

}  // namespace

Task<Result<StockHistory>> SqliteStockLedger::history(TenantId tenant, ProductId product, HistoryQuery query,
                                                      Deadline deadline) {
  co_return co_await store_.read(
      deadline, [=](Connection& connection) { return read_history(connection, tenant, product, query); });
}

Task<Result<AsOf<AdjustedStock>>> SqliteStockLedger::adjust(TenantId tenant, StockAdjustment adjustment,
                                                            std::optional<AdjustmentKey> key, Timestamp now,
                                                            Deadline deadline) {
  const auto adjust_once = [=](Connection& connection) -> Result<Written> {
    const auto row = find_stock(connection, tenant, adjustment.product_id);
    if (!row) return fail(Error::not_found("Product"));
    const auto user = adjustment.note.actor.value_or(UserId{});
    const auto request = request_text(adjustment);
    purge_expired(connection, now);
    if (key) {
      CLOUDCART_TRY(const auto known, find_answer(connection, tenant, user, key->key, request, now));
      if (known) return Written{answer(connection, row->number, *known, newest_change(connection)), {}};
    }
    CLOUDCART_TRY(const auto adjusted, change_count(connection, *row, adjustment, now));
    if (key) keep_answer(connection, tenant, user, *key, request, adjusted);
    if (!adjusted.movement)
      return Written{answer(connection, row->number, adjusted, newest_change(connection)), {}};
    return Written{answer(connection, row->number, adjusted, count_change(connection)),
                   StockLevel{row->number, adjusted.stock.available}};
  };
  auto done = co_await store_.write(deadline, adjust_once, [this](const Written& written) {
    if (written.level) index_.set_available({&*written.level, 1}, written.answer.as_of);
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return std::move(done->answer);
}

}  // namespace cloudcart::product
