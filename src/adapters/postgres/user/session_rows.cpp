#include "adapters/postgres/user/session_rows.h"

#include "adapters/postgres/user/expired_rows.h"
#include "adapters/postgres/user/revocation_rows.h"
#include "adapters/postgres/user/user_rows.h"
#include "user/domain/account_rules.h"

namespace cloudcart::postgres {
namespace {

/// From rows of a session's id and the end of its access tokens.
std::vector<auth::Revocation> read_ended(const Rows& rows, const TenantId& tenant) {
  std::vector<auth::Revocation> ended;
  for (const auto row : rows) {
    ended.push_back(
        {.tenant = tenant, .what = auth::SessionEnded{row.id<SessionId>(0)}, .expires_at = row.timestamp(1)});
  }
  return ended;
}

/// Called with the account locked, so that nobody else adds sessions to it.
Query removing_sessions_beyond_bound(const user::Session& newest) {
  return query(
      "WITH beyond AS MATERIALIZED (SELECT id FROM session"
      " WHERE tenant = $1 AND user_id = $2 AND expires_at > $3 ORDER BY created_at DESC, id DESC OFFSET $4)"
      " DELETE FROM session USING beyond WHERE session.tenant = $1 AND session.id = beyond.id"
      " RETURNING session.id, session.access_expires_at",
      newest.tenant.value, newest.user, newest.created_at, user::max_sessions_per_user);
}

}  // namespace

std::vector<Query> inserting(const user::Session& session) {
  return {
      query(
          "INSERT INTO session(tenant, id, user_id, created_at, access_expires_at, expires_at, token_number)"
          " VALUES($1, $2, $3, $4, $5, $6, 1)",
          session.tenant.value, session.id, session.user, session.created_at, session.access_expires_at,
          session.expires_at),
      query("INSERT INTO refresh_token(tenant, session_id, number, hash) VALUES($1, $2, 1, $3)",
            session.tenant.value, session.id, Bytes{session.refresh_hash})};
}

Task<std::vector<auth::Revocation>> end_session(Session& transaction, TenantId tenant, SessionId id) {
  const auto rows = co_await transaction.run(
      "DELETE FROM session WHERE tenant = $1 AND id = $2 RETURNING id, access_expires_at", tenant.value, id);
  co_return read_ended(rows, tenant);
}

Task<Result<user::OpenedSession>> open_session(Session& transaction, user::Session session) {
  auto user = read_found_user(co_await transaction.run(selecting_for_update(session.tenant, session.user)),
                              session.tenant);
  if (!user) co_return fail(Error::not_found("Account"));
  if (!user->is_active) co_return fail(user::account_deactivated());
  auto statements = inserting(session);
  statements.push_back(removing_sessions_beyond_bound(session));
  const auto answers = co_await transaction.run_all(std::move(statements));
  auto ended = read_ended(answers.back(), session.tenant);
  auto revoked = co_await commit_with(transaction, removing_expired(session.created_at), std::move(ended));
  co_return user::OpenedSession{*std::move(user), std::move(revoked)};
}

Query selecting_last_access_expiry_for_update(const TenantId& tenant, UserId user) {
  return query(
      "SELECT max(access_expires_at) FROM (SELECT access_expires_at FROM session"
      " WHERE tenant = $1 AND user_id = $2 FOR UPDATE) AS locked",
      tenant.value, user);
}

Query selecting_codes_for_update(const TenantId& tenant, UserId user) {
  return query("SELECT 1 FROM sign_in_code WHERE tenant = $1 AND user_id = $2 ORDER BY hash FOR UPDATE",
               tenant.value, user);
}

Query removing_codes_of(const TenantId& tenant, UserId user) {
  return query("DELETE FROM sign_in_code WHERE tenant = $1 AND user_id = $2", tenant.value, user);
}

Query removing_sessions_of(const TenantId& tenant, UserId user) {
  return query("DELETE FROM session WHERE tenant = $1 AND user_id = $2", tenant.value, user);
}

}  // namespace cloudcart::postgres
