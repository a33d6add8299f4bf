#include "adapters/sqlite/order/key_rows.h"

#include "adapters/sqlite/order/closed_rows.h"

namespace cloudcart::order::rows {
namespace {

using sqlite::Connection;

std::string_view bytes_of(const RequestFingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.data()), fingerprint.size()};
}

struct KeyRow {
  bool is_same_request = false;
  OrderId order_id;
  Uuid process;
  Timestamp held_until;
  bool completed = false;
};

void purge_expired(Connection& connection, Timestamp now) {
  connection
      .prepare(
          "DELETE FROM idempotency_key WHERE (tenant, user_id, route, key) IN (SELECT tenant, user_id, "
          "route, key "
          "FROM idempotency_key WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)")
      .bind_all(now, purged_per_claim)
      .run();
}

std::optional<KeyRow> find_live(Connection& connection, const ClaimRequest& request) {
  const auto& scope = request.key.scope;
  auto row = connection.prepare(
      "SELECT fingerprint, order_id, process, held_until, completed FROM idempotency_key "
      "WHERE tenant = ? AND user_id = ? AND route = ? AND key = ? AND expires_at > ?");
  row.bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value, request.now);
  if (!row.step()) return std::nullopt;
  return KeyRow{row.text(0) == bytes_of(request.fingerprint), row.id<OrderId>(1),
                Uuid::from_bytes(row.text(2)).value(), row.timestamp(3), row.boolean(4)};
}

void write(Connection& connection, const ClaimRequest& request, OrderId order_id, const Uuid& process) {
  const auto& scope = request.key.scope;
  auto statement = connection.prepare(
      "INSERT OR REPLACE INTO idempotency_key(tenant, user_id, route, key, fingerprint, order_id, claim, "
      "process, "
      "held_until, expires_at) VALUES(?,?,?,?,?,?,?,?,?,?)");
  statement.bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value);
  statement.bind_blob(bytes_of(request.fingerprint));
  statement.bind_all(order_id, request.key.claim, process, request.held_until, request.expires_at).run();
}

}  // namespace

Result<BoundKey> claim(Connection& connection, const ClaimRequest& request, const Uuid& process) {
  purge_expired(connection, request.now);
  const auto known = find_live(connection, request);
  if (!known) {
    write(connection, request, request.proposed_order, process);
    return BoundKey{request.proposed_order, false};
  }
  if (!known->is_same_request)
    return fail(ErrorCode::idempotency_conflict, "This idempotency key was used for another request.");
  if (known->completed) return BoundKey{known->order_id, true};
  if (is_closed(connection, request.key.scope.tenant, known->order_id)) {
    write(connection, request, request.proposed_order, process);
    return BoundKey{request.proposed_order, false};
  }
  if (known->process == process && request.is_blocked_by(known->held_until))
    return fail(ErrorCode::idempotency_in_progress,
                "The first request with this idempotency key still runs.");
  write(connection, request, known->order_id, process);
  return BoundKey{known->order_id, false};
}

bool drop(Connection& connection, const HeldKey& key) {
  const auto& scope = key.scope;
  connection
      .prepare(
          "DELETE FROM idempotency_key WHERE tenant = ? AND user_id = ? AND route = ? AND key = ? AND claim "
          "= ? "
          "AND completed = 0")
      .bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value, key.claim)
      .run();
  return connection.changes() > 0;
}

bool complete(Connection& connection, const HeldKey& key) {
  const auto& scope = key.scope;
  connection
      .prepare(
          "UPDATE idempotency_key SET completed = 1 WHERE tenant = ? AND user_id = ? AND route = ? AND key = "
          "? "
          "AND claim = ? AND completed = 0")
      .bind_all(scope.tenant.value, scope.user, scope.route, scope.key.value, key.claim)
      .run();
  return connection.changes() > 0;
}

}  // namespace cloudcart::order::rows
