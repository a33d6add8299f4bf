#include "adapters/sqlite/user/sqlite_setup_repository.h"

#include "adapters/sqlite/user/session_rows.h"
#include "adapters/sqlite/user/user_rows.h"

namespace cloudcart::sqlite {
namespace {

bool has_admin(Connection& connection, const TenantId& tenant) {
  auto row =
      connection.prepare("SELECT 1 FROM user WHERE tenant = ? AND role = 'admin' AND is_active LIMIT 1");
  row.bind(tenant.value);
  return row.step();
}

bool has_token(Connection& connection, const TenantId& tenant, Timestamp now) {
  auto row = connection.prepare("SELECT 1 FROM setup_token WHERE tenant = ? AND expires_at > ?");
  row.bind_all(tenant.value, now);
  return row.step();
}

}  // namespace

Task<Result<bool>> SqliteSetupRepository::offer(user::SetupToken token, Deadline deadline) {
  return store_.write(deadline, [token = std::move(token)](Connection& connection) -> Result<bool> {
    if (has_admin(connection, token.tenant) || has_token(connection, token.tenant, token.created_at))
      return false;
    connection.prepare("INSERT OR REPLACE INTO setup_token(tenant, expires_at, hash) VALUES(?, ?, ?)")
        .bind_all(token.tenant.value, token.expires_at)
        .bind_blob(token.hash)
        .run();
    return true;
  });
}

Task<Result<bool>> SqliteSetupRepository::is_open(TenantId tenant, Timestamp now, Deadline deadline) {
  return store_.read(deadline, [tenant = std::move(tenant), now](Connection& connection) -> Result<bool> {
    return has_token(connection, tenant, now) && !has_admin(connection, tenant);
  });
}

Task<Result<bool>> SqliteSetupRepository::is_good(TenantId tenant, std::string token_hash, Timestamp now,
                                                  Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant), hash = std::move(token_hash),
                      now](Connection& connection) -> Result<bool> {
                       auto row = connection.prepare(
                           "SELECT 1 FROM setup_token WHERE tenant = ? AND expires_at > ? AND hash = ?");
                       row.bind_all(tenant.value, now).bind_blob(hash);
                       return row.step() && !has_admin(connection, tenant);
                     });
}

Task<Result<bool>> SqliteSetupRepository::take(std::string token_hash, user::User admin,
                                               user::Session session, Deadline deadline) {
  return store_.write(
      deadline,
      [hash = std::move(token_hash), admin = std::move(admin),
       session = std::move(session)](Connection& connection) -> Result<bool> {
        if (has_admin(connection, admin.tenant)) return false;
        connection.prepare("DELETE FROM setup_token WHERE tenant = ? AND expires_at > ? AND hash = ?")
            .bind_all(admin.tenant.value, admin.created_at)
            .bind_blob(hash)
            .run();
        if (connection.changes() == 0) return false;
        CLOUDCART_CHECK(unless_email_taken([&] { insert_user(connection, insert_user_sql, admin); }));
        insert_session(connection, session);
        return true;
      });
}

}  // namespace cloudcart::sqlite
