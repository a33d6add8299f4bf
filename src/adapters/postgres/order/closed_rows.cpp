#include "adapters/postgres/order/closed_rows.h"

#include <set>

#include "adapters/postgres/store/purge.h"
#include "order/domain/order.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;
using postgres::query;

constexpr int purged_at_once = 1000;

std::int64_t lock_of(OrderId order_id) {
  return order_id.value.bytes.back();
}

/// In one order for all, so that nobody waits for one who waits for him.
std::vector<std::int64_t> locks_of(const std::vector<OrderId>& ids) {
  std::set<std::int64_t> locks;
  for (const auto& id : ids) locks.insert(lock_of(id));
  return {locks.begin(), locks.end()};
}

// Advisory locks are the database's, so that the first half of the number is the schema's.
Query have_ids_alone(const std::vector<OrderId>& ids) {
  return query(
      "SELECT pg_advisory_xact_lock(hashtext(current_schema()), number::int) FROM unnest($1) AS number",
      locks_of(ids));
}

}  // namespace

Query share_ids(const std::vector<OrderId>& ids) {
  return query(
      "SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()), number::int) FROM unnest($1) AS "
      "number",
      locks_of(ids));
}

std::vector<Query> close_missing(const TenantId& tenant, const std::vector<OrderId>& ids, Timestamp now) {
  std::vector<Query> queries;
  queries.push_back(have_ids_alone(ids));
  queries.push_back(postgres::purge("closed_order", "closed_at", now - closed_lifetime, purged_at_once));
  queries.push_back(
      query("INSERT INTO closed_order(tenant, order_id, closed_at) SELECT $1, wanted.id, $3"
            " FROM unnest($2) AS wanted(id) WHERE NOT EXISTS"
            " (SELECT FROM orders WHERE orders.tenant = $1 AND orders.id = wanted.id) ON CONFLICT DO NOTHING",
            tenant.value, ids, now));
  queries.push_back(
      query("SELECT status FROM unnest($2) WITH ORDINALITY AS wanted(id, place)"
            " LEFT JOIN orders ON orders.tenant = $1 AND orders.id = wanted.id ORDER BY place",
            tenant.value, ids));
  return queries;
}

}  // namespace cloudcart::order::tables
