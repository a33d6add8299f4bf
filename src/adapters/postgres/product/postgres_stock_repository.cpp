#include "adapters/postgres/product/postgres_stock_repository.h"

#include <map>

#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/held_orders.h"

namespace cloudcart::product {
namespace {

using postgres::Query;
using postgres::Session;

/// Writes what became of the orders, and commits.
Task<Result<AsOf<StockChanges>>> write_moves(Session& session, const HeldOrders& orders,
                                             std::vector<Query> besides = {}) {
  auto queries = orders.writing();
  std::ranges::move(besides, std::back_inserter(queries));
  queries.push_back(change_number(!orders.changes().empty()));
  const auto rows = co_await session.commit(std::move(queries));
  co_return AsOf{orders.changes(), rows.back()[0].integer(0)};
}

void add_ledger(StockAudit& audit, const postgres::Row& row) {
  audit.by_ledger = after(audit.by_ledger, parse_movement(row.text(4)).value(), row.integer(5));
}

}  // namespace

Task<Result<AsOf<std::vector<ReservedLine>>>> PostgresStockRepository::reserve(TenantId tenant, OrderId order,
                                                                               std::vector<LineRequest> lines,
                                                                               Timestamp now,
                                                                               Deadline deadline) {
  return reservations_.reserve({std::move(tenant), order, std::move(lines), now, deadline});
}

Task<Result<AsOf<StockChanges>>> PostgresStockRepository::release(TenantId tenant, OrderId order,
                                                                  Timestamp now, Deadline deadline) {
  const auto release_once = [=](Session& session) -> Task<Result<AsOf<StockChanges>>> {
    const HeldOrder held{tenant, order};
    std::vector<Query> look;
    look.push_back(inserting_release(tenant, order, now));
    look.push_back(HeldOrders::locking({held}));
    const auto seen = co_await session.run_all(std::move(look));
    HeldOrders orders(seen[1]);
    orders.take(StockStep::give_back, held, now);
    co_return co_await write_moves(session, orders);
  };
  co_return co_await store_.write(deadline, release_once);
}

Task<Status> PostgresStockRepository::confirm(TenantId tenant, OrderId order, Timestamp now,
                                              Deadline deadline) {
  const auto confirm_once = [=](Session& session) -> Task<Status> {
    const HeldOrder held{tenant, order};
    HeldOrders orders(co_await session.run(HeldOrders::locking({held})));
    const auto* reservation = orders.find(held);
    if (!reservation) co_return fail(Error::not_found("Reservation"));
    if (reservation->state == ReservationState::released) co_return fail(released_already());
    orders.take(StockStep::sell, held, now);
    co_await session.commit(orders.writing());
    co_return Status{};
  };
  co_return co_await store_.write(deadline, confirm_once);
}

Task<Result<std::int64_t>> PostgresStockRepository::followed_position(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, {"SELECT position FROM followed_log", {}}));
  co_return rows[0].integer(0);
}

Task<Result<AsOf<StockChanges>>> PostgresStockRepository::follow(std::vector<OrderStep> steps,
                                                                 std::int64_t position, Deadline deadline) {
  const auto follow_once = [=](Session& session) -> Task<Result<AsOf<StockChanges>>> {
    std::vector<HeldOrder> named;
    for (const auto& step : steps) named.push_back({step.tenant, step.order_id});
    std::vector<Query> look;
    // Locked: of several who follow, one after the other applies what is left.
    look.push_back({"SELECT position FROM followed_log FOR NO KEY UPDATE", {}});
    look.push_back(HeldOrders::locking(named));
    const auto seen = co_await session.run_all(std::move(look));
    const auto applied = seen[0][0].integer(0);
    HeldOrders orders(seen[1]);
    for (const auto& step : steps) {
      if (step.position > applied) orders.take(step.step, {step.tenant, step.order_id}, step.time);
    }
    std::vector<Query> moving;
    if (position > applied)
      moving.push_back(postgres::query("UPDATE followed_log SET position = $1", position));
    co_return co_await write_moves(session, orders, std::move(moving));
  };
  co_return co_await store_.write(deadline, follow_once);
}

Task<Result<std::vector<HeldOrder>>> PostgresStockRepository::unsettled(Timestamp reserved_before,
                                                                        std::size_t limit,
                                                                        Deadline deadline) {
  // The WHERE names what the index reservation_unsettled is for.
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline,
                          postgres::query("SELECT tenant, order_id FROM reservation WHERE state = 'reserved'"
                                          " AND NOT order_known AND created_at <= $1 ORDER BY created_at"
                                          " LIMIT $2",
                                          reserved_before, limit)));
  std::vector<HeldOrder> unsettled;
  for (const auto row : rows) unsettled.push_back({TenantId{row.string(0)}, row.id<OrderId>(1)});
  co_return unsettled;
}

Task<Result<AsOf<StockChanges>>> PostgresStockRepository::settle(TenantId tenant,
                                                                 std::vector<SettledOrder> orders,
                                                                 Timestamp now, Deadline deadline) {
  const auto settle_once = [=](Session& session) -> Task<Result<AsOf<StockChanges>>> {
    std::vector<HeldOrder> named;
    for (const auto& [order, status] : orders) named.push_back({tenant, order});
    HeldOrders held(co_await session.run(HeldOrders::locking(named)));
    for (const auto& [order, status] : orders) {
      if (status) held.note_known({tenant, order}, now);
      held.take(step_of(status), {tenant, order}, now);
    }
    co_return co_await write_moves(session, held);
  };
  co_return co_await store_.write(deadline, settle_once);
}

Task<Result<std::vector<StockAudit>>> PostgresStockRepository::audit(TenantId tenant, Deadline deadline) {
  // One statement, one moment.
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(
          deadline,
          postgres::query("SELECT product.id, available, reserved, sold, ledger.kind, ledger.delta"
                          " FROM product JOIN stock ON stock.product = product.number"
                          " LEFT JOIN (SELECT product, kind, sum(delta)::bigint AS delta"
                          " FROM stock_movement GROUP BY product, kind) AS ledger"
                          " ON ledger.product = product.number"
                          " WHERE product.tenant = $1 ORDER BY product.id",
                          tenant.value),
          {.unhurried = true}));
  std::vector<StockAudit> audits;
  for (const auto row : rows) {
    const auto id = row.id<ProductId>(0);
    if (audits.empty() || audits.back().product_id != id)
      audits.push_back({.product_id = id, .kept = {row.integer(1), row.integer(2), row.integer(3)}});
    if (!row.is_null(4)) add_ledger(audits.back(), row);
  }
  co_return audits;
}

}  // namespace cloudcart::product
