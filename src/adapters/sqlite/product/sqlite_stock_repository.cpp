#include "adapters/sqlite/product/sqlite_stock_repository.h"

#include <map>

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;

std::optional<ReservationState> find_state(Connection& connection, const TenantId& tenant,
                                           const OrderId& order) {
  auto row = connection.prepare("SELECT state FROM reservation WHERE tenant = ? AND order_id = ?");
  row.bind_all(tenant.value, order);
  if (!row.step()) return std::nullopt;
  return parse_reservation_state(row.text(0));
}

std::vector<ReservedLine> read_lines(Connection& connection, const TenantId& tenant, const OrderId& order) {
  auto rows = connection.prepare(
      "SELECT product_id, product_name, category_name, price, quantity FROM reservation_line "
      "WHERE tenant = ? AND order_id = ? ORDER BY line");
  rows.bind_all(tenant.value, order);
  std::vector<ReservedLine> lines;
  while (rows.step())
    lines.push_back({rows.id<ProductId>(0), rows.string(1), rows.string(2), rows.money(3), rows.integer(4)});
  return lines;
}

std::optional<ProductSummary> find_summary(Connection& connection, const TenantId& tenant,
                                           const ProductId& id) {
  auto row = connection.prepare(
      "SELECT p.name, p.category, p.price, p.is_active, s.available "
      "FROM product p JOIN stock s ON s.tenant = p.tenant AND s.product_id = p.id WHERE p.tenant = ? AND "
      "p.id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return ProductSummary{id, row.string(0), row.string(1), row.money(2), row.boolean(3), row.integer(4)};
}

void insert_reservation(Connection& connection, const TenantId& tenant, const OrderId& order,
                        ReservationState state, Timestamp now) {
  connection
      .prepare(
          "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at) VALUES(?, ?, ?, ?, ?)")
      .bind_all(tenant.value, order, to_string(state), now, now)
      .run();
}

void insert_line(Connection& connection, const TenantId& tenant, const OrderId& order, std::int64_t number,
                 const ReservedLine& line) {
  connection
      .prepare(
          "INSERT INTO reservation_line(tenant, order_id, line, product_id, product_name, category_name, "
          "price, "
          "quantity) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(tenant.value, order, number, line.product_id, line.product_name, line.category_name,
                line.price, line.quantity)
      .run();
}

/// Moves every unit of a reservation, and the reservation to `state`. Answers what was moved.
Quantities move_reservation(Connection& connection, const TenantId& tenant, const OrderId& order,
                            Movement movement, ReservationState state, Timestamp now) {
  auto quantities = sum_by_product(read_lines(connection, tenant, order));
  for (const auto& [product, quantity] : quantities)
    move_stock(connection, {tenant, product, movement, quantity, order, now});
  connection.prepare("UPDATE reservation SET state = ?, updated_at = ? WHERE tenant = ? AND order_id = ?")
      .bind_all(to_string(state), now, tenant.value, order)
      .run();
  return quantities;
}

/// Gives the stock of a reservation in `state` back, unless it has gone back; notes the products in
/// `changes`.
void give_back(Connection& connection, const TenantId& tenant, const OrderId& order, ReservationState state,
               Timestamp now, StockChanges& changes) {
  const auto movement = way_back(state);
  if (!movement) return;
  const auto quantities =
      move_reservation(connection, tenant, order, *movement, ReservationState::released, now);
  for (const auto& [product, quantity] : quantities) changes.push_back({tenant, product});
}

void apply_step(Connection& connection, const OrderStep& step, StockChanges& changes) {
  const auto state = find_state(connection, step.tenant, step.order_id);
  if (!state) return;
  if (step.step == StockStep::give_back) {
    give_back(connection, step.tenant, step.order_id, *state, step.time, changes);
  } else if (step.step == StockStep::sell && state == ReservationState::reserved) {
    move_reservation(connection, step.tenant, step.order_id, Movement::sell, ReservationState::sold,
                     step.time);
  }
}

AsOf<StockChanges> numbered(Connection& connection, StockChanges changes) {
  const auto number = changes.empty() ? newest_change(connection) : count_change(connection);
  return {std::move(changes), number};
}

std::int64_t read_position(Connection& connection) {
  auto row = connection.prepare("SELECT position FROM followed_log");
  row.step();
  return row.integer(0);
}

std::map<ProductId, StockAudit> read_stock(Connection& connection, const TenantId& tenant) {
  std::map<ProductId, StockAudit> audits;
  auto rows = connection.prepare("SELECT product_id, available, reserved, sold FROM stock WHERE tenant = ?");
  rows.bind(tenant.value);
  while (rows.step()) {
    const auto id = rows.id<ProductId>(0);
    audits[id] = {.product_id = id, .kept = {rows.integer(1), rows.integer(2), rows.integer(3)}};
  }
  return audits;
}

void add_ledger(Connection& connection, const TenantId& tenant, std::map<ProductId, StockAudit>& audits) {
  auto rows = connection.prepare(
      "SELECT product_id, kind, sum(delta) FROM stock_movement WHERE tenant = ? GROUP BY product_id, kind");
  rows.bind(tenant.value);
  while (rows.step()) {
    auto& ledger = audits[rows.id<ProductId>(0)].by_ledger;
    ledger = after(ledger, parse_movement(rows.text(1)).value(), rows.integer(2));
  }
}

}  // namespace

Task<Result<AsOf<std::vector<ReservedLine>>>> SqliteStockRepository::reserve(TenantId tenant, OrderId order,
                                                                             std::vector<LineRequest> lines,
                                                                             Timestamp now,
                                                                             Deadline deadline) {
  using Reserved = Result<AsOf<std::vector<ReservedLine>>>;
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Reserved {
    if (const auto state = find_state(connection, tenant, order)) {
      CLOUDCART_TRY(auto promised, repeat_reservation(*state, read_lines(connection, tenant, order), lines));
      return AsOf{std::move(promised), newest_change(connection)};
    }
    CLOUDCART_TRY(auto plan, plan_reservation(
                                 lines, [&](ProductId id) { return find_summary(connection, tenant, id); }));
    insert_reservation(connection, tenant, order, ReservationState::reserved, now);
    for (std::size_t i = 0; i < plan.lines.size(); ++i)
      insert_line(connection, tenant, order, static_cast<std::int64_t>(i), plan.lines[i]);
    for (const auto& [product, quantity] : plan.quantities)
      move_stock(connection, {tenant, product, Movement::reserve, quantity, order, now});
    return AsOf{std::move(plan.lines), count_change(connection)};
  });
}

Task<Result<AsOf<StockChanges>>> SqliteStockRepository::release(TenantId tenant, OrderId order, Timestamp now,
                                                                Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Result<AsOf<StockChanges>> {
    StockChanges changes;
    if (const auto state = find_state(connection, tenant, order)) {
      give_back(connection, tenant, order, *state, now, changes);
    } else {
      insert_reservation(connection, tenant, order, ReservationState::released, now);
    }
    return numbered(connection, std::move(changes));
  });
}

Task<Status> SqliteStockRepository::confirm(TenantId tenant, OrderId order, Timestamp now,
                                            Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Status {
    const auto state = find_state(connection, tenant, order);
    if (!state) return fail(Error::not_found("Reservation"));
    if (state == ReservationState::released) return fail(released_already());
    if (state == ReservationState::reserved)
      move_reservation(connection, tenant, order, Movement::sell, ReservationState::sold, now);
    return {};
  });
}

Task<Result<std::int64_t>> SqliteStockRepository::followed_position(Deadline deadline) {
  co_return co_await store_.read(
      deadline, [](Connection& connection) -> Result<std::int64_t> { return read_position(connection); });
}

Task<Result<AsOf<StockChanges>>> SqliteStockRepository::follow(std::vector<OrderStep> steps,
                                                               std::int64_t position, Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Result<AsOf<StockChanges>> {
    const auto applied = read_position(connection);
    StockChanges changes;
    for (const auto& step : steps) {
      if (step.position > applied) apply_step(connection, step, changes);
    }
    if (position > applied) connection.prepare("UPDATE followed_log SET position = ?").bind(position).run();
    return numbered(connection, std::move(changes));
  });
}

Task<Result<std::vector<StockAudit>>> SqliteStockRepository::audit(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<std::vector<StockAudit>> {
    auto by_product = read_stock(connection, tenant);
    add_ledger(connection, tenant, by_product);
    std::vector<StockAudit> audits;
    for (auto& [id, audit] : by_product) audits.push_back(audit);
    return audits;
  });
}

}  // namespace cloudcart::product
