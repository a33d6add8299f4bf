#include "adapters/postgres/order/postgres_order_ledger.h"

#include "adapters/postgres/order/log_position.h"
#include "adapters/postgres/order/written_orders.h"

namespace cloudcart::order {
namespace {

using postgres::Query;
using postgres::Rows;
using postgres::Session;

/// The orders of a shop as they were when the newest event that can be read was written. Those who write do not wait for
/// who adds up, so that some may have gone further: their events lie beyond the horizon, in the log still, and what
/// they tell of is left out.
#define CLOUDCART_BOOKS                                                                                 \
  "WITH late AS (SELECT order_id, bool_or(version = 1) AS is_new, bool_or(status = 'cancelled') AS is_" \
  "cancelled FROM order_event WHERE position >= " CLOUDCART_LOG_HORIZON                                 \
  " AND tenant = $1 GROUP BY order_id), books AS (SELECT id, kind = 'sale' AS is_sale, total,"          \
  " created_at, cancelled_at, status = 'cancelled' AND late.is_cancelled IS NOT TRUE AS is_cancelled"   \
  " FROM orders LEFT JOIN late ON order_id = id WHERE tenant = $1 AND late.is_new IS NOT TRUE) "

/// In one state: each of them sees the same.
std::vector<Query> add_up(const TenantId& tenant) {
  std::vector<Query> queries;
  queries.push_back(
      postgres::query("SELECT coalesce(max(position), 0) FROM order_event"
                      " WHERE position < " CLOUDCART_LOG_HORIZON));
  queries.push_back(postgres::query(
      CLOUDCART_BOOKS
      "SELECT day, sum(placed)::bigint, sum(gross)::bigint, sum(cancelled)::bigint,"
      " sum(credited)::bigint, sum(taken_back)::bigint FROM ("
      "SELECT created_at / 86400000 AS day, 1 AS placed, total AS gross, 0 AS cancelled,"
      " 0 AS credited, 0 AS taken_back FROM books WHERE is_sale UNION ALL "
      "SELECT cancelled_at / 86400000, 0, 0, is_sale::int, (NOT is_sale)::int, total FROM books"
      " WHERE is_cancelled) AS flow GROUP BY day ORDER BY day",
      tenant.value));
  queries.push_back(postgres::query(CLOUDCART_BOOKS
                                    "SELECT coalesce(sum(quantity) FILTER (WHERE is_sale), 0)::bigint,"
                                    " coalesce(sum(quantity) FILTER (WHERE is_cancelled), 0)::bigint"
                                    " FROM books JOIN order_line ON order_id = id WHERE tenant = $1",
                                    tenant.value));
  return queries;
}

Money sum(Money a, Money b) {
  // Each addend is a sum that PostgreSQL checked; together they overflow only beyond any shop's life.
  return a.plus(b).value();
}

LedgerTotals read_totals(const std::vector<Rows>& answers) {
  LedgerTotals totals{.position = answers[0][0].integer(0),
                      .units_ordered = answers[2][0].integer(0),
                      .units_cancelled = answers[2][0].integer(1)};
  for (const auto row : answers[1]) {
    const LedgerDay day{std::chrono::sys_days{std::chrono::days{row.integer(0)}}, row.money(2), row.money(5)};
    totals.orders_placed += row.integer(1);
    totals.orders_cancelled += row.integer(3);
    totals.credit_notes += row.integer(4);
    totals.gross = sum(totals.gross, day.gross);
    totals.cancelled = sum(totals.cancelled, day.cancelled);
    totals.days.push_back(day);
  }
  return totals;
}

Task<std::size_t> write(Session& session, const std::vector<ImportedOrder>& orders) {
  std::vector<tables::WrittenOrder> written;
  for (const auto& [order, events] : orders) written.push_back({&order, events});
  std::size_t events_before = 0, count_new = 0;
  for (const auto& group : tables::in_groups(written)) {
    std::vector<tables::WrittenOrder> its;
    for (const auto i : group) its.push_back(written[i]);
    for (const auto row : co_await session.run(tables::import_orders(its, events_before)))
      count_new += tables::read_placed(row) == tables::Placed::yes ? 1 : 0;
    for (const auto& one : its) events_before += one.events.size();
  }
  co_return count_new;
}

}  // namespace

Task<Result<std::size_t>> PostgresOrderLedger::import_orders(std::vector<ImportedOrder> orders,
                                                             Deadline deadline) {
  std::size_t count_events = 0;
  for (const auto& one : orders) count_events += one.events.size();
  if (count_events > static_cast<std::size_t>(tables::most_events_at_once))
    co_return fail(ErrorCode::validation_failed,
                   "These are too many orders for one import; bring them in parts.");
  CLOUDCART_CO_TRY(const auto count_new,
                   co_await store_.write(deadline,
                                         [&orders](Session& session) -> Task<Result<std::size_t>> {
                                           co_return co_await write(session, orders);
                                         },
                                         {.unhurried = true}));
  if (count_new > 0) end_.announce();
  co_return count_new;
}

Task<Result<LedgerTotals>> PostgresOrderLedger::totals(TenantId tenant, Deadline deadline) {
  // What was answered before the call shall be in it, if it can.
  CLOUDCART_CO_CHECK(co_await end_.newest(deadline));
  co_return co_await store_.read(
      deadline,
      [tenant = std::move(tenant)](Session& session) -> Task<Result<LedgerTotals>> {
        co_return read_totals(co_await session.commit(add_up(tenant)));
      },
      {.isolation = postgres::Isolation::repeatable_read, .unhurried = true, .from_replica = true});
}

}  // namespace cloudcart::order
