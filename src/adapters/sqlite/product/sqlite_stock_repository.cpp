#include "adapters/sqlite/product/sqlite_stock_repository.h"

#include <map>

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/reservation_rows.h"
#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;

/// What the catalogue says of a product, and where its stock is.
struct Shelf {
  ProductSummary summary;
  StockRow stock;
};

std::optional<Shelf> find_shelf(Connection& connection, const TenantId& tenant, const ProductId& id) {
  auto row = connection.prepare(
      "SELECT p.name, p.category, p.price, p.is_active, s.number, s.available, s.reserved, s.sold, "
      "s.movements, s.last_movement FROM product p JOIN stock s ON s.number = p.number WHERE p.tenant = ? "
      "AND "
      "p.id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return Shelf{{id, row.string(0), row.string(1), row.money(2), row.boolean(3), row.integer(5)},
               {row.integer(4),
                {row.integer(5), row.integer(6), row.integer(7)},
                row.integer(8),
                row.optional_integer(9)}};
}

/// Moves every unit of a reservation, and the reservation to `state`.
StockLevels move_reservation(Connection& connection, const TenantId& tenant, const OrderId& order,
                             const StoredReservation& reservation, Movement movement, ReservationState state,
                             Timestamp now) {
  StockLevels levels;
  std::map<std::int64_t, std::int64_t> quantities;
  for (const auto& [number, line] : reservation.lines) quantities[number] += line.quantity;
  for (const auto& [number, quantity] : quantities) {
    auto stock = stock_of(connection, number);
    move_stock(connection, stock, {movement, quantity, order, now});
    levels.push_back({number, stock.stock.available});
  }
  set_state(connection, tenant, order, state, now);
  return levels;
}

/// Products whose available count became another, by id for callers and by number for the index.
struct Moved {
  StockChanges changes;
  StockLevels levels;
};

/// Gives the stock of a reservation back, unless it has gone back.
void give_back(Connection& connection, const TenantId& tenant, const OrderId& order,
               const StoredReservation& reservation, Timestamp now, Moved& moved) {
  const auto movement = way_back(reservation.state);
  if (!movement) return;
  const auto levels =
      move_reservation(connection, tenant, order, reservation, *movement, ReservationState::released, now);
  moved.levels.insert(moved.levels.end(), levels.begin(), levels.end());
  for (const auto& [product, quantity] : sum_by_product(promised_lines(reservation)))
    moved.changes.push_back({tenant, product});
}

/// Does what a step of the order asks for with its reservation, if it has one.
void take(Connection& connection, StockStep step, const TenantId& tenant, const OrderId& order, Timestamp now,
          Moved& moved) {
  const auto reservation = find_reservation(connection, tenant, order);
  if (!reservation) return;
  if (step == StockStep::give_back) give_back(connection, tenant, order, *reservation, now, moved);
  if (step == StockStep::sell && reservation->state == ReservationState::reserved)
    move_reservation(connection, tenant, order, *reservation, Movement::sell, ReservationState::sold, now);
}

/// The WHERE names what the index reservation_unsettled is for.
std::vector<HeldOrder> read_unsettled(Connection& connection, Timestamp reserved_before, std::size_t limit) {
  auto rows = connection.prepare(
      "SELECT tenant, order_id FROM reservation WHERE state = 'reserved' AND order_known = 0 "
      "AND created_at <= ? ORDER BY created_at LIMIT ?");
  rows.bind_all(reserved_before, static_cast<std::int64_t>(limit));
  std::vector<HeldOrder> unsettled;
  while (rows.step()) unsettled.push_back({TenantId{rows.string(0)}, rows.id<OrderId>(1)});
  return unsettled;
}

void note_order(Connection& connection, const TenantId& tenant, const OrderId& order) {
  connection.prepare("UPDATE reservation SET order_known = 1 WHERE tenant = ? AND order_id = ?")
      .bind_all(tenant.value, order)
      .run();
}

using Shelves = std::map<ProductId, StockRow>;

/// Writes the reservation and takes its units from the shelves. False when the order has a reservation; then
/// nothing is written.
bool take_from(Shelves& shelves, Connection& connection, const TenantId& tenant, const OrderId& order,
               const ReservationPlan& plan, Timestamp now) {
  StoredReservation reservation;
  for (const auto& line : plan.lines) reservation.lines.push_back({shelves.at(line.product_id).number, line});
  if (!insert_reservation(connection, tenant, order, reservation, now)) return false;
  for (const auto& [product, quantity] : plan.quantities)
    move_stock(connection, shelves.at(product), {Movement::reserve, quantity, order, now});
  return true;
}

StockLevels levels_of(const Shelves& shelves) {
  StockLevels levels;
  for (const auto& [product, row] : shelves) levels.push_back({row.number, row.stock.available});
  return levels;
}

AsOf<Moved> numbered(Connection& connection, Moved moved) {
  const auto number = moved.changes.empty() ? newest_change(connection) : count_change(connection);
  return {std::move(moved), number};
}

std::int64_t read_position(Connection& connection) {
  auto row = connection.prepare("SELECT position FROM followed_log");
  row.step();
  return row.integer(0);
}

std::map<ProductId, StockAudit> read_stock(Connection& connection, const TenantId& tenant) {
  std::map<ProductId, StockAudit> audits;
  auto rows = connection.prepare(
      "SELECT id, available, reserved, sold FROM product JOIN stock ON stock.number = product.number WHERE "
      "tenant = ?");
  rows.bind(tenant.value);
  while (rows.step()) {
    const auto id = rows.id<ProductId>(0);
    audits[id] = {.product_id = id, .kept = {rows.integer(1), rows.integer(2), rows.integer(3)}};
  }
  return audits;
}

void add_ledger(Connection& connection, const TenantId& tenant, std::map<ProductId, StockAudit>& audits) {
  auto rows = connection.prepare(
      "SELECT id, kind, sum(delta) FROM stock_movement JOIN product ON product.number = product WHERE tenant "
      "= ? "
      "GROUP BY id, kind");
  rows.bind(tenant.value);
  while (rows.step()) {
    auto& ledger = audits[rows.id<ProductId>(0)].by_ledger;
    ledger = after(ledger, parse_movement(rows.text(1)).value(), rows.integer(2));
  }
}

}  // namespace

template <class Job>
Task<Result<AsOf<StockChanges>>> SqliteStockRepository::move(Deadline deadline, Job job) {
  auto moved = co_await store_.write(
      deadline,
      [job = std::move(job)](Connection& connection) -> Result<AsOf<Moved>> {
        Moved notes;
        job(connection, notes);
        return numbered(connection, std::move(notes));
      },
      [this](const AsOf<Moved>& done) {
        if (!done.value.levels.empty()) index_.set_available(done.value.levels, done.as_of);
      });
  if (!moved) co_return std::unexpected(std::move(moved).error());
  co_return AsOf{std::move(moved->value.changes), moved->as_of};
}

Task<Result<AsOf<std::vector<ReservedLine>>>> SqliteStockRepository::reserve(TenantId tenant, OrderId order,
                                                                             std::vector<LineRequest> lines,
                                                                             Timestamp now,
                                                                             Deadline deadline) {
  struct Reserved {
    AsOf<std::vector<ReservedLine>> answer;
    StockLevels levels;  ///< none when it had been reserved before
  };
  const auto reserve_once = [=](Connection& connection) -> Result<Reserved> {
    Shelves shelves;
    auto plan = plan_reservation(lines, [&](ProductId id) -> std::optional<ProductSummary> {
      auto shelf = find_shelf(connection, tenant, id);
      if (!shelf) return std::nullopt;
      shelves.emplace(id, shelf->stock);
      return std::move(shelf->summary);
    });
    // Nearly always the order is new, so that it is asked for last: by the insertion itself.
    if (plan && take_from(shelves, connection, tenant, order, *plan, now))
      return Reserved{{std::move(plan->lines), count_change(connection)}, levels_of(shelves)};
    if (auto known = find_reservation(connection, tenant, order)) {
      const auto state = known->state;
      CLOUDCART_TRY(auto promised, repeat_reservation(state, promised_lines(*std::move(known)), lines));
      return Reserved{{std::move(promised), newest_change(connection)}, {}};
    }
    return std::unexpected(std::move(plan).error());
  };
  auto done = co_await store_.write(deadline, reserve_once, [this](const Reserved& reserved) {
    if (!reserved.levels.empty()) index_.set_available(reserved.levels, reserved.answer.as_of);
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return std::move(done->answer);
}

Task<Result<AsOf<StockChanges>>> SqliteStockRepository::release(TenantId tenant, OrderId order, Timestamp now,
                                                                Deadline deadline) {
  return move(deadline, [=](Connection& connection, Moved& moved) {
    if (const auto reservation = find_reservation(connection, tenant, order)) {
      give_back(connection, tenant, order, *reservation, now, moved);
    } else {
      insert_reservation(connection, tenant, order, {ReservationState::released, {}}, now);
    }
  });
}

Task<Status> SqliteStockRepository::confirm(TenantId tenant, OrderId order, Timestamp now,
                                            Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Status {
    const auto reservation = find_reservation(connection, tenant, order);
    if (!reservation) return fail(Error::not_found("Reservation"));
    if (reservation->state == ReservationState::released) return fail(released_already());
    if (reservation->state == ReservationState::reserved)
      move_reservation(connection, tenant, order, *reservation, Movement::sell, ReservationState::sold, now);
    return {};
  });
}

Task<Result<std::int64_t>> SqliteStockRepository::followed_position(Deadline deadline) {
  co_return co_await store_.read(
      deadline, [](Connection& connection) -> Result<std::int64_t> { return read_position(connection); });
}

Task<Result<AsOf<StockChanges>>> SqliteStockRepository::follow(std::vector<OrderStep> steps,
                                                               std::int64_t position, Deadline deadline) {
  return move(deadline, [=](Connection& connection, Moved& moved) {
    const auto applied = read_position(connection);
    for (const auto& step : steps) {
      if (step.position > applied) take(connection, step.step, step.tenant, step.order_id, step.time, moved);
    }
    if (position > applied) connection.prepare("UPDATE followed_log SET position = ?").bind(position).run();
  });
}

Task<Result<std::vector<HeldOrder>>> SqliteStockRepository::unsettled(Timestamp reserved_before,
                                                                      std::size_t limit, Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<std::vector<HeldOrder>> {
    return read_unsettled(connection, reserved_before, limit);
  });
}

Task<Result<AsOf<StockChanges>>> SqliteStockRepository::settle(TenantId tenant,
                                                               std::vector<SettledOrder> orders,
                                                               Timestamp now, Deadline deadline) {
  return move(deadline, [=](Connection& connection, Moved& moved) {
    for (const auto& [order, status] : orders) {
      if (status) note_order(connection, tenant, order);
      take(connection, step_of(status), tenant, order, now, moved);
    }
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
