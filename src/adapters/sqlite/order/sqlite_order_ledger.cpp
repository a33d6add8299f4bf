#include "adapters/sqlite/order/sqlite_order_ledger.h"

#include <map>

#include "adapters/sqlite/order/order_rows.h"

namespace cloudcart::order {
namespace {

using sqlite::Connection;
using Days = std::map<std::int64_t, LedgerDay>;  // by number since 1970-01-01

LedgerDay& day_of(Days& days, std::int64_t number) {
  auto& day = days[number];
  day.date = std::chrono::sys_days{std::chrono::days{number}};
  return day;
}

Money sum(Money a, Money b) {
  // Each addend is a sum that SQLite checked; together they overflow only beyond any shop's life.
  return a.plus(b).value();
}

void add_placed(Connection& connection, const TenantId& tenant, LedgerTotals& totals, Days& days) {
  auto row = connection.prepare(
      "SELECT created_at / 86400000, count(*), sum(total) FROM orders WHERE tenant = ? AND kind = 'sale' "
      "GROUP BY 1");
  row.bind(tenant.value);
  while (row.step()) {
    totals.orders_placed += row.integer(1);
    totals.gross = sum(totals.gross, row.money(2));
    day_of(days, row.integer(0)).gross = row.money(2);
  }
}

void add_cancelled(Connection& connection, const TenantId& tenant, LedgerTotals& totals, Days& days) {
  auto row = connection.prepare(
      "SELECT cancelled_at / 86400000, kind = 'sale', count(*), sum(total) FROM orders "
      "WHERE tenant = ? AND status = 'cancelled' GROUP BY 1, 2");
  row.bind(tenant.value);
  while (row.step()) {
    (row.boolean(1) ? totals.orders_cancelled : totals.credit_notes) += row.integer(2);
    totals.cancelled = sum(totals.cancelled, row.money(3));
    auto& day = day_of(days, row.integer(0));
    day.cancelled = sum(day.cancelled, row.money(3));
  }
}

void add_units(Connection& connection, const TenantId& tenant, LedgerTotals& totals) {
  auto row = connection.prepare(
      "SELECT sum(CASE WHEN kind = 'sale' THEN quantity ELSE 0 END), "
      "sum(CASE WHEN status = 'cancelled' THEN quantity ELSE 0 END) "
      "FROM orders JOIN order_line ON order_line.tenant = orders.tenant AND order_id = id WHERE "
      "orders.tenant = ?");
  row.bind(tenant.value);
  row.step();
  totals.units_ordered = row.integer(0);
  totals.units_cancelled = row.integer(1);
}

std::int64_t newest_position(Connection& connection) {
  auto row = connection.prepare("SELECT max(position) FROM outbox");
  row.step();
  return row.integer(0);
}

struct Imported {
  std::size_t count_new = 0;
  std::int64_t last_position = 0;
};

}  // namespace

Task<Result<std::size_t>> SqliteOrderLedger::import_orders(std::vector<ImportedOrder> orders,
                                                           Deadline deadline) {
  auto done = co_await store_.write(
      deadline,
      [orders = std::move(orders)](Connection& connection) -> Result<Imported> {
        Imported imported;
        for (const auto& [order, history] : orders) {
          if (!rows::insert(connection, order)) continue;
          ++imported.count_new;
          for (const auto& event : history) imported.last_position = rows::append(connection, event);
        }
        return imported;
      },
      [this](const Imported& imported) {
        if (imported.last_position > 0) tail_.pass(imported.last_position);
      });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return done->count_new;
}

Task<Result<LedgerTotals>> SqliteOrderLedger::totals(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(
      deadline, [tenant = std::move(tenant)](Connection& connection) -> Result<LedgerTotals> {
        LedgerTotals totals{.position = newest_position(connection)};
        Days days;
        add_placed(connection, tenant, totals, days);
        add_cancelled(connection, tenant, totals, days);
        add_units(connection, tenant, totals);
        for (const auto& [number, day] : days) totals.days.push_back(day);
        return totals;
      });
}

}  // namespace cloudcart::order
