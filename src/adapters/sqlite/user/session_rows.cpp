#include "adapters/sqlite/user/session_rows.h"

namespace cloudcart::sqlite {
namespace {

/// Removed with each new session: more than one, so that the expired ones become fewer.
constexpr int expired_sessions_per_insert = 4;

struct SessionKey {
  TenantId tenant;
  SessionId id;
};

void remove_session(Connection& connection, const SessionKey& key) {
  connection.prepare("DELETE FROM refresh_token WHERE tenant = ? AND session_id = ?")
      .bind_all(key.tenant.value, key.id)
      .run();
  connection.prepare("DELETE FROM session WHERE tenant = ? AND id = ?")
      .bind_all(key.tenant.value, key.id)
      .run();
}

void remove_expired(Connection& connection, Timestamp now) {
  connection.prepare("DELETE FROM revocation WHERE expires_at <= ?").bind(now).run();
  std::vector<SessionKey> expired;
  {
    auto rows = connection.prepare("SELECT tenant, id FROM session WHERE expires_at <= ? LIMIT ?");
    rows.bind_all(now, expired_sessions_per_insert);
    while (rows.step()) expired.push_back({{rows.string(0)}, rows.id<SessionId>(1)});
  }
  for (const auto& key : expired) remove_session(connection, key);
}

std::vector<auth::Revocation> end_sessions_beyond_bound(Connection& connection, const TenantId& tenant,
                                                        UserId user) {
  std::vector<SessionId> oldest;
  {
    auto rows = connection.prepare(
        "SELECT id FROM session WHERE tenant = ? AND user_id = ? ORDER BY created_at DESC, id DESC LIMIT -1 "
        "OFFSET ?");
    rows.bind_all(tenant.value, user, static_cast<std::int64_t>(user::max_sessions_per_user));
    while (rows.step()) oldest.push_back(rows.id<SessionId>(0));
  }
  std::vector<auth::Revocation> revoked;
  for (const auto id : oldest) revoked.push_back(end_session(connection, tenant, id).value());
  return revoked;
}

}  // namespace

std::vector<auth::Revocation> insert_session(Connection& connection, const user::Session& session) {
  remove_expired(connection, session.created_at);
  connection
      .prepare(
          "INSERT INTO session(tenant, id, user_id, created_at, access_expires_at, expires_at, token_number)"
          " VALUES(?, ?, ?, ?, ?, ?, 1)")
      .bind_all(session.tenant.value, session.id, session.user, session.created_at, session.access_expires_at,
                session.expires_at)
      .run();
  connection.prepare("INSERT INTO refresh_token(tenant, session_id, number, hash) VALUES(?, ?, 1, ?)")
      .bind_all(session.tenant.value, session.id)
      .bind_blob(session.refresh_hash)
      .run();
  return end_sessions_beyond_bound(connection, session.tenant, session.user);
}

std::optional<auth::Revocation> end_session(Connection& connection, const TenantId& tenant, SessionId id) {
  Timestamp access_expires_at;
  {
    auto row = connection.prepare("SELECT access_expires_at FROM session WHERE tenant = ? AND id = ?");
    row.bind_all(tenant.value, id);
    if (!row.step()) return std::nullopt;
    access_expires_at = row.timestamp(0);
  }
  remove_session(connection, {tenant, id});
  return record(connection,
                {.tenant = tenant, .what = auth::SessionEnded{id}, .expires_at = access_expires_at});
}

std::optional<Timestamp> last_access_expiry(Connection& connection, const TenantId& tenant, UserId user) {
  auto row =
      connection.prepare("SELECT max(access_expires_at) FROM session WHERE tenant = ? AND user_id = ?");
  row.bind_all(tenant.value, user);
  row.step();
  if (row.is_null(0)) return std::nullopt;
  return row.timestamp(0);
}

void remove_sessions_of(Connection& connection, const TenantId& tenant, UserId user) {
  connection
      .prepare(
          "DELETE FROM refresh_token WHERE tenant = ?1 AND session_id IN"
          " (SELECT id FROM session WHERE tenant = ?1 AND user_id = ?2)")
      .bind_all(tenant.value, user)
      .run();
  connection.prepare("DELETE FROM session WHERE tenant = ? AND user_id = ?")
      .bind_all(tenant.value, user)
      .run();
}

void remove_codes_of(Connection& connection, const TenantId& tenant, UserId user) {
  connection.prepare("DELETE FROM sign_in_code WHERE tenant = ? AND user_id = ?")
      .bind_all(tenant.value, user)
      .run();
}

auth::Revocation record(Connection& connection, auth::Revocation revocation) {
  auto insert = connection.prepare(
      "INSERT INTO revocation(tenant, expires_at, session_id, user_id, not_before) VALUES(?, ?, ?, ?, ?)");
  insert.bind_all(revocation.tenant.value, revocation.expires_at);
  if (const auto* ended = std::get_if<auth::SessionEnded>(&revocation.what)) {
    insert.bind(ended->session).bind_null().bind_null();
  } else {
    const auto& changed = std::get<auth::RightsChanged>(revocation.what);
    insert.bind_null().bind_all(changed.user, changed.not_before);
  }
  insert.run();
  revocation.seq = connection.last_insert_rowid();
  return revocation;
}

}  // namespace cloudcart::sqlite
