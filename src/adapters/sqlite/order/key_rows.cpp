#include "adapters/sqlite/order/key_rows.h"

#include <algorithm>

namespace cloudcart::order::rows {
namespace {

using sqlite::Connection;

std::string_view bytes_of(const RequestFingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.data()), fingerprint.size()};
}

void purge_expired(Connection& connection, Timestamp now) {
  connection
      .prepare(
          "DELETE FROM idempotency_key WHERE (tenant, user_id, route, key) IN (SELECT tenant, user_id, "
          "route, "
          "key FROM idempotency_key WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)")
      .bind_all(now, removed_per_purge)
      .run();
}

}  // namespace

void for_each_key(Connection& connection, const std::function<void(const KeyScope&, Timestamp)>& take) {
  auto row = connection.prepare(
      "SELECT tenant, user_id, route, key, expires_at FROM idempotency_key ORDER BY expires_at");
  while (row.step())
    take({TenantId{row.string(0)}, row.id<UserId>(1), row.string(2), IdempotencyKey{row.string(3)}},
         row.timestamp(4) - key_lifetime);
}

std::optional<KeyRow> find_key(Connection& connection, const KeyScope& scope, Timestamp now) {
  auto row = connection.prepare(
      "SELECT fingerprint, order_id FROM idempotency_key "
      "WHERE tenant = ? AND user_id = ? AND route = ? AND key = ? AND expires_at > ?");
  row.bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value, now);
  if (!row.step()) return std::nullopt;
  KeyRow found{.order_id = row.id<OrderId>(1)};
  const auto bytes = row.text(0);
  std::copy_n(bytes.begin(), std::min(bytes.size(), found.fingerprint.size()),
              reinterpret_cast<char*>(found.fingerprint.data()));
  return found;
}

bool insert_key(Connection& connection, const ClaimRequest& claim) {
  const auto& scope = claim.key.scope;
  if (removes_expired_keys(claim.proposed_order)) purge_expired(connection, claim.now);
  auto statement = connection.prepare(
      "INSERT INTO idempotency_key(tenant, user_id, route, key, order_id, expires_at, fingerprint) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET order_id = ?5, expires_at = ?6, fingerprint = "
      "?7 "
      "WHERE expires_at <= ?8");
  statement.bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value, claim.proposed_order,
                     claim.expires_at);
  statement.bind_blob(bytes_of(claim.fingerprint)).bind(claim.now).run();
  return connection.changes() > 0;
}

}  // namespace cloudcart::order::rows
