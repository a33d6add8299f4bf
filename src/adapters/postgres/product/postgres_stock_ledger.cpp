#include "adapters/postgres/product/postgres_stock_ledger.h"

#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/stock_moves.h"
#include "adapters/postgres/store/purge.h"

namespace cloudcart::product {
namespace {

using postgres::Failure;
using postgres::Query;
using postgres::Row;
using postgres::Rows;
using postgres::Session;

/// Expired keys removed with each adjustment: more than come in, so that they cannot pile up.
constexpr int purged_per_adjustment = 4;

#define CLOUDCART_MOVEMENT_COLUMNS "sequence, kind, delta, order_id, reason, actor, moved_at"

StockMovement read_movement(const Row& row, int first) {
  StockMovement movement{.sequence = row.integer(first),
                         .movement = parse_movement(row.text(first + 1)).value(),
                         .delta = row.integer(first + 2),
                         .time = row.timestamp(first + 6)};
  if (!row.is_null(first + 3)) movement.order_id = row.id<OrderId>(first + 3);
  if (!row.is_null(first + 4)) {
    movement.note.emplace(row.string(first + 4));
    if (!row.is_null(first + 5)) movement.note->actor = row.id<UserId>(first + 5);
  }
  return movement;
}

Stock read_stock(const Row& row, int first) {
  return {row.integer(first), row.integer(first + 1), row.integer(first + 2)};
}

/// One statement, one moment: the figures, and on each row an entry if there is one.
Query selecting_history(const TenantId& tenant, const ProductId& product, const HistoryQuery& query) {
  return postgres::query(
      "SELECT stock.available, stock.reserved, stock.sold, stock.movements, entry.* FROM product"
      " JOIN stock ON stock.product = product.number LEFT JOIN LATERAL"
      " (SELECT " CLOUDCART_MOVEMENT_COLUMNS
      " FROM stock_movement WHERE stock_movement.product = product.number"
      " AND sequence <= coalesce($3, stock.movements) ORDER BY sequence DESC LIMIT $4) AS entry ON true"
      " WHERE product.tenant = $1 AND product.id = $2 ORDER BY entry.sequence DESC",
      tenant.value, product, query.from, query.limit);
}

/// The stock of a product, locked, and where it stands in its ledger.
struct Shelf {
  std::int64_t number = 0;
  Stock stock;
  std::int64_t movements = 0;
};

Query locking_shelf(const TenantId& tenant, const ProductId& product) {
  return postgres::query(
      "SELECT stock.available, stock.reserved, stock.sold, stock.movements, stock.product FROM product"
      " JOIN stock ON stock.product = product.number WHERE product.tenant = $1 AND product.id = $2"
      " FOR NO KEY UPDATE OF stock",
      tenant.value, product);
}

/// A request's key, as it is kept: it means something within one account.
struct Claim {
  TenantId tenant;
  UserId user;
  AdjustmentKey key;
  std::string request;
};

/// What was answered under the key, with the movement that was made, if any.
Query selecting_answer(const Claim& claim, std::int64_t product_number, Timestamp now) {
  return postgres::query(
      "SELECT answer.request, answer.available, answer.reserved, answer.sold, entry.* FROM"
      " stock_adjustment_key AS answer LEFT JOIN LATERAL (SELECT " CLOUDCART_MOVEMENT_COLUMNS
      " FROM stock_movement WHERE stock_movement.product = $4 AND sequence = answer.movement) AS entry ON "
      "true"
      " WHERE answer.tenant = $1 AND answer.user_id = $2 AND answer.key = $3 AND answer.expires_at > $5",
      claim.tenant.value, claim.user, claim.key.key.value, product_number, now);
}

/// Answers a row, unless the key counts and is another's.
Query keeping_answer(const Claim& claim, const AdjustedStock& adjusted, Timestamp now) {
  const auto movement =
      adjusted.movement ? std::optional{adjusted.movement->sequence} : std::optional<std::int64_t>{};
  return postgres::query(
      "INSERT INTO stock_adjustment_key AS kept(tenant, user_id, key, request, available, reserved, sold,"
      " movement, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT (tenant, user_id, key) DO UPDATE SET request = excluded.request,"
      " available = excluded.available, reserved = excluded.reserved, sold = excluded.sold,"
      " movement = excluded.movement, expires_at = excluded.expires_at"
      " WHERE kept.expires_at <= $10 RETURNING 1",
      claim.tenant.value, claim.user, claim.key.key.value, claim.request, adjusted.stock.available,
      adjusted.stock.reserved, adjusted.stock.sold, movement, claim.key.expires_at, now);
}

/// Errors: those of delta_of.
Result<AdjustedStock> adjusted_by(const StockAdjustment& adjustment, const Shelf& shelf, Timestamp now) {
  CLOUDCART_TRY(const auto delta, delta_of(adjustment, shelf.stock));
  AdjustedStock adjusted{.stock = after(shelf.stock, Movement::adjust, delta)};
  if (delta != 0)
    adjusted.movement = {.sequence = shelf.movements + 1,
                         .movement = Movement::adjust,
                         .delta = delta,
                         .note = adjustment.note,
                         .time = now};
  return adjusted;
}

Task<AsOf<AdjustedStock>> write_adjusted(Session& session, const Shelf& shelf, AdjustedStock adjusted,
                                         Timestamp now) {
  std::vector<Query> queries;
  if (const auto& entry = adjusted.movement)
    queries.push_back(writing_adjustment(shelf.number, entry->delta, *entry->note, entry->time));
  // Waits for nobody, so that the last thing of a transaction keeps none waiting in a circle.
  queries.push_back(postgres::purge("stock_adjustment_key", "expires_at", now, purged_per_adjustment));
  queries.push_back(change_number(adjusted.movement.has_value()));
  const auto rows = co_await session.commit(std::move(queries));
  co_return AsOf{std::move(adjusted), rows.back()[0].integer(0)};
}

/// Answers what was answered under the key; nullopt when it is free. Errors: idempotency_conflict.
Task<Result<std::optional<AsOf<AdjustedStock>>>> find_answer(Session& session, const Claim& claim,
                                                             std::int64_t product_number, Timestamp now) {
  std::vector<Query> look;
  look.push_back(selecting_answer(claim, product_number, now));
  look.push_back(change_number(false));
  const auto seen = co_await session.run_all(std::move(look));
  if (seen[0].empty()) co_return std::nullopt;
  const auto row = seen[0][0];
  if (row.text(0) != claim.request) co_return fail(adjustment_key_conflict());
  constexpr int movement_column = 4;
  AdjustedStock adjusted{.stock = read_stock(row, 1)};
  if (!row.is_null(movement_column)) adjusted.movement = read_movement(row, movement_column);
  co_return AsOf{std::move(adjusted), seen[1][0].integer(0)};
}

}  // namespace

Task<Result<StockHistory>> PostgresStockLedger::history(TenantId tenant, ProductId product,
                                                        HistoryQuery query, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, selecting_history(tenant, product, query)));
  if (rows.empty()) co_return fail(Error::not_found("Product"));
  constexpr int total_column = 3, movement_column = 4;
  StockHistory history{.stock = read_stock(rows[0], 0), .total = rows[0].integer(total_column)};
  if (query.from && (*query.from < 1 || *query.from > history.total)) co_return fail(no_such_place());
  for (const auto row : rows) {
    if (!row.is_null(movement_column)) history.movements.push_back(read_movement(row, movement_column));
  }
  if (!history.movements.empty() && history.movements.back().sequence > 1)
    history.next = history.movements.back().sequence - 1;
  co_return history;
}

Task<Result<AsOf<AdjustedStock>>> PostgresStockLedger::adjust(TenantId tenant, StockAdjustment adjustment,
                                                              std::optional<AdjustmentKey> key, Timestamp now,
                                                              Deadline deadline) {
  std::optional<Claim> claim;
  if (key)
    claim =
        Claim{tenant, adjustment.note.actor.value_or(UserId{}), *std::move(key), request_text(adjustment)};
  const auto adjust_once = [=](Session& session) -> Task<Result<AsOf<AdjustedStock>>> {
    const auto found = co_await session.run(locking_shelf(tenant, adjustment.product_id));
    if (found.empty()) co_return fail(Error::not_found("Product"));
    const Shelf shelf{found[0].integer(4), read_stock(found[0], 0), found[0].integer(3)};
    if (claim) {
      // After the lock: whoever used the key for this product has ended by then.
      CLOUDCART_CO_TRY(auto known, co_await find_answer(session, *claim, shelf.number, now));
      if (known) co_return *std::move(known);
    }
    CLOUDCART_CO_TRY(auto adjusted, adjusted_by(adjustment, shelf, now));
    if (claim && (co_await session.run(keeping_answer(*claim, adjusted, now))).empty())
      throw Failure("40001", "", "The key has been used for another product meanwhile.");
    co_return co_await write_adjusted(session, shelf, std::move(adjusted), now);
  };
  co_return co_await store_.write(deadline, adjust_once);
}

}  // namespace cloudcart::product
