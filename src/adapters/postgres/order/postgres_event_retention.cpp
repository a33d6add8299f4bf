#include "adapters/postgres/order/postgres_event_retention.h"

#include "adapters/postgres/order/log_position.h"
#include "order/domain/order.h"

namespace cloudcart::order {
namespace {

using postgres::Query;
using postgres::Session;

/// The second sees what who had the row before has written to it.
std::vector<Query> examine(std::size_t limit) {
  std::vector<Query> queries;
  queries.push_back(postgres::query("SELECT FROM log_compaction FOR UPDATE"));
  queries.push_back(
      postgres::query("SELECT position, tenant, order_id, version, status, occurred_at FROM order_event"
                      " WHERE position > (SELECT position FROM log_compaction)"
                      " AND position < " CLOUDCART_LOG_HORIZON " ORDER BY position LIMIT $1",
                      limit));
  return queries;
}

struct Examined {
  std::int64_t up_to = 0;
  std::size_t count = 0;
  /// The last events of finished orders.
  std::vector<std::string> tenants;
  std::vector<OrderId> order_ids;
  std::vector<std::int64_t> versions;
};

Examined read_examined(const postgres::Rows& rows, Timestamp before) {
  Examined examined;
  for (const auto row : rows) {
    if (row.timestamp(5) >= before) break;
    ++examined.count;
    examined.up_to = row.integer(0);
    if (!is_final(parse_order_status(row.text(4)).value())) continue;
    examined.tenants.push_back(row.string(1));
    examined.order_ids.push_back(row.id<OrderId>(2));
    examined.versions.push_back(row.integer(3));
  }
  return examined;
}

std::vector<Query> remove_between(const Examined& examined) {
  std::vector<Query> queries;
  queries.push_back(postgres::query(
      "DELETE FROM order_event USING unnest($1, $2, $3) AS last(tenant, order_id, version)"
      " WHERE order_event.tenant = last.tenant AND order_event.order_id = last.order_id"
      " AND order_event.version > 1 AND order_event.version < last.version AND status <> 'shipped'",
      examined.tenants, examined.order_ids, examined.versions));
  queries.push_back(postgres::query("UPDATE log_compaction SET position = $1", examined.up_to));
  return queries;
}

}  // namespace

Task<Result<Compaction>> PostgresEventRetention::compact(Timestamp before, std::size_t limit,
                                                         Deadline deadline) {
  // What has committed shall be looked at, if it can.
  CLOUDCART_CO_CHECK(co_await end_.newest(deadline));
  co_return co_await store_.write(deadline, [before, limit](Session& session) -> Task<Result<Compaction>> {
    const auto examined = read_examined((co_await session.run_all(examine(limit))).back(), before);
    if (examined.count == 0) co_return Compaction{};
    const auto answers = co_await session.commit(remove_between(examined));
    co_return Compaction{.removed = answers[0].affected(), .more = examined.count == limit};
  });
}

}  // namespace cloudcart::order
