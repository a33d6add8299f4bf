#include "adapters/postgres/order/key_rows.h"

#include <algorithm>

#include "adapters/postgres/store/purge.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Query;
using postgres::query;

std::string_view bytes_of(const RequestFingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.data()), fingerprint.size()};
}

Query claim_new_key(const ClaimRequest& request) {
  const auto& scope = request.key.scope;
  return query(
      "INSERT INTO idempotency_key AS held(tenant, user_id, route, key, fingerprint, order_id, claim,"
      " held_until, expires_at, completed) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, false)"
      " ON CONFLICT (tenant, user_id, route, key) DO UPDATE SET fingerprint = excluded.fingerprint,"
      " order_id = excluded.order_id, claim = excluded.claim, held_until = excluded.held_until,"
      " expires_at = excluded.expires_at, completed = false WHERE held.expires_at <= $10 RETURNING true",
      scope.tenant.value, scope.user, scope.route, scope.key.value,
      postgres::Bytes{bytes_of(request.fingerprint)}, request.proposed_order, request.key.claim,
      request.held_until, request.expires_at, request.now);
}

}  // namespace

std::vector<Query> claim_new_keys(const std::vector<ClaimRequest>& requests) {
  std::vector<Query> queries;
  queries.push_back(query("SET LOCAL synchronous_commit = off"));
  for (const auto& request : requests) queries.push_back(claim_new_key(request));
  // After the keys, so that nothing is locked while another attempt is waited for.
  const auto purging = std::ranges::find_if(
      requests, [](const ClaimRequest& request) { return removes_expired_keys(request.proposed_order); });
  if (purging != requests.end())
    queries.push_back(postgres::purge("idempotency_key", "expires_at", purging->now, removed_per_purge));
  return queries;
}

std::vector<bool> are_claimed(const std::vector<postgres::Rows>& answers, std::size_t requests) {
  std::vector<bool> claimed;
  for (std::size_t i = 0; i < requests; ++i) claimed.push_back(!answers[1 + i].empty());
  return claimed;
}

Query select_key(const KeyScope& scope, Timestamp now) {
  return query(
      "SELECT order_id, completed, fingerprint, claim, held_until, EXISTS (SELECT FROM closed_order WHERE"
      " closed_order.tenant = held.tenant AND closed_order.order_id = held.order_id)"
      " FROM idempotency_key AS held"
      " WHERE tenant = $1 AND user_id = $2 AND route = $3 AND key = $4 AND expires_at > $5",
      scope.tenant.value, scope.user, scope.route, scope.key.value, now);
}

std::optional<StoredKey> read_key(const postgres::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const auto row = rows[0];
  StoredKey key{.bound = {row.id<OrderId>(0), row.boolean(1)},
                .claim = row.id<ClaimId>(3),
                .held_until = row.timestamp(4),
                .is_closed = row.boolean(5)};
  const auto bytes = row.text(2);
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.fingerprint.size()),
              reinterpret_cast<char*>(key.fingerprint.data()));
  return key;
}

Query take_key_over(const ClaimRequest& request, OrderId order_id, ClaimId claim) {
  const auto& scope = request.key.scope;
  return query(
      "UPDATE idempotency_key SET order_id = $6, claim = $7, held_until = $8, expires_at = $9"
      " WHERE tenant = $1 AND user_id = $2 AND route = $3 AND key = $4 AND claim = $5 AND NOT completed",
      scope.tenant.value, scope.user, scope.route, scope.key.value, claim, order_id, request.key.claim,
      request.held_until, request.expires_at);
}

Query drop_key(const HeldKey& key) {
  return query(
      "DELETE FROM idempotency_key WHERE tenant = $1 AND user_id = $2 AND route = $3 AND key = $4 AND"
      " claim = $5 AND NOT completed",
      key.scope.tenant.value, key.scope.user, key.scope.route, key.scope.key.value, key.claim);
}

}  // namespace cloudcart::order::tables
