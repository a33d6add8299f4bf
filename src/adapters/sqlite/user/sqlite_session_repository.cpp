#include "adapters/sqlite/user/sqlite_session_repository.h"

#include "adapters/sqlite/user/session_rows.h"
#include "adapters/sqlite/user/user_rows.h"
#include "user/domain/account_rules.h"

namespace cloudcart::sqlite {
namespace {

Result<user::OpenedSession> open_session(Connection& connection, const user::Session& session) {
  auto user = find_user(connection, session.tenant, session.user);
  if (!user) return fail(Error::not_found("Account"));
  if (!user->is_active) return fail(user::account_deactivated());
  return user::OpenedSession{*std::move(user), insert_session(connection, session)};
}

struct PresentedToken {
  SessionId session;
  UserId user;
  std::int64_t number;
  std::int64_t current_number;
  Timestamp expires_at;
};

std::optional<PresentedToken> find_token(Connection& connection, const user::RefreshRequest& request) {
  auto row = connection.prepare(
      "SELECT s.id, s.user_id, t.number, s.token_number, s.expires_at FROM refresh_token t"
      " JOIN session s ON s.tenant = t.tenant AND s.id = t.session_id WHERE t.tenant = ? AND t.hash = ?");
  row.bind(request.tenant.value).bind_blob(request.presented_hash);
  if (!row.step()) return std::nullopt;
  return PresentedToken{row.id<SessionId>(0), row.id<UserId>(1), row.integer(2), row.integer(3),
                        row.timestamp(4)};
}

user::RefreshedSession rotate(Connection& connection, const user::RefreshRequest& request,
                              const PresentedToken& token) {
  const auto number = token.current_number + 1;
  const auto access_expires_at = std::min(request.access_expires_at, token.expires_at);
  connection.prepare("INSERT INTO refresh_token(tenant, session_id, number, hash) VALUES(?, ?, ?, ?)")
      .bind_all(request.tenant.value, token.session, number)
      .bind_blob(request.next_hash)
      .run();
  // Earlier access tokens may live longer where the configured life was shortened.
  connection
      .prepare(
          "UPDATE session SET token_number = ?, access_expires_at = max(access_expires_at, ?)"
          " WHERE tenant = ? AND id = ?")
      .bind_all(number, access_expires_at, request.tenant.value, token.session)
      .run();
  connection.prepare("DELETE FROM refresh_token WHERE tenant = ? AND session_id = ? AND number < ?")
      .bind_all(request.tenant.value, token.session, number - user::used_tokens_remembered)
      .run();
  return {find_user(connection, request.tenant, token.user).value(), token.session, access_expires_at};
}

}  // namespace

Task<Result<user::OpenedSession>> SqliteSessionRepository::open(user::Session session, Deadline deadline) {
  return store_.write(deadline, [session = std::move(session)](Connection& connection) {
    return open_session(connection, session);
  });
}

Task<Result<user::RefreshOutcome>> SqliteSessionRepository::refresh(user::RefreshRequest request,
                                                                    Deadline deadline) {
  return store_.write(deadline,
                      [request = std::move(request)](Connection& connection) -> Result<user::RefreshOutcome> {
                        const auto token = find_token(connection, request);
                        if (!token || token->expires_at <= request.now) return user::RefreshOutcome{};
                        if (token->number == token->current_number)
                          return user::RefreshOutcome{.refreshed = rotate(connection, request, *token)};
                        return user::RefreshOutcome{
                            .revoked = {end_session(connection, request.tenant, token->session).value()}};
                      });
}

Task<Result<std::vector<auth::Revocation>>> SqliteSessionRepository::end(TenantId tenant, SessionId session,
                                                                         Deadline deadline) {
  return store_.write(
      deadline,
      [tenant = std::move(tenant), session](Connection& connection) -> Result<std::vector<auth::Revocation>> {
        std::vector<auth::Revocation> revoked;
        if (auto ended = end_session(connection, tenant, session)) revoked.push_back(*std::move(ended));
        return revoked;
      });
}

Task<Result<std::vector<user::Session>>> SqliteSessionRepository::of_user(TenantId tenant, UserId user,
                                                                          Deadline deadline) {
  return store_.read(
      deadline,
      [tenant = std::move(tenant), user](Connection& connection) -> Result<std::vector<user::Session>> {
        auto rows =
            connection.prepare("SELECT " CLOUDCART_SESSION_COLUMNS
                               " FROM session WHERE tenant = ? AND user_id = ? ORDER BY created_at, id");
        rows.bind_all(tenant.value, user);
        std::vector<user::Session> sessions;
        while (rows.step()) sessions.push_back(user::read_session(rows, tenant));
        return sessions;
      });
}

Task<Status> SqliteSessionRepository::add_sign_in_code(user::SignInCode code, Deadline deadline) {
  return store_.write(deadline, [code = std::move(code)](Connection& connection) -> Status {
    connection.prepare("DELETE FROM sign_in_code WHERE expires_at <= ?").bind(code.created_at).run();
    connection
        .prepare(
            "INSERT OR REPLACE INTO sign_in_code(tenant, user_id, purpose, expires_at, hash) VALUES(?, ?, ?, "
            "?, ?)")
        .bind_all(code.tenant.value, code.user, to_string(code.purpose), code.expires_at)
        .bind_blob(code.hash)
        .run();
    return {};
  });
}

Task<Result<std::optional<user::User>>> SqliteSessionRepository::owner_of_code(
    TenantId tenant, std::string code_hash, user::CodePurpose purpose, Timestamp now, Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant), hash = std::move(code_hash), purpose,
                      now](Connection& connection) -> Result<std::optional<user::User>> {
                       auto row = connection.prepare(
                           "SELECT user_id FROM sign_in_code"
                           " WHERE tenant = ? AND hash = ? AND purpose = ? AND expires_at > ?");
                       row.bind(tenant.value).bind_blob(hash).bind_all(to_string(purpose), now);
                       if (!row.step()) return std::nullopt;
                       return find_user(connection, tenant, row.id<UserId>(0));
                     });
}

Task<Result<std::optional<user::OpenedSession>>> SqliteSessionRepository::open_by_code(
    std::string code_hash, user::CodePurpose purpose, user::Session session, Deadline deadline) {
  return store_.write(
      deadline,
      [hash = std::move(code_hash), purpose,
       proposed = std::move(session)](Connection& connection) -> Result<std::optional<user::OpenedSession>> {
        auto session = proposed;
        {
          auto row = connection.prepare(
              "DELETE FROM sign_in_code WHERE tenant = ? AND hash = ? AND purpose = ? AND expires_at > ?"
              " RETURNING user_id");
          row.bind(session.tenant.value).bind_blob(hash).bind_all(to_string(purpose), session.created_at);
          if (!row.step()) return std::nullopt;
          session.user = row.id<UserId>(0);
          row.run();
        }
        return open_session(connection, session);
      });
}

Task<Result<auth::RevocationBatch>> SqliteSessionRepository::revocations(std::int64_t after,
                                                                         std::int64_t limit, Timestamp now,
                                                                         Deadline deadline) {
  return store_.read(deadline, [=](Connection& connection) -> Result<auth::RevocationBatch> {
    auto rows = connection.prepare(
        "SELECT seq, tenant, expires_at, session_id, user_id, not_before FROM revocation"
        " WHERE seq > ? AND expires_at > ? ORDER BY seq LIMIT ?");
    rows.bind_all(after, now, limit);
    auth::RevocationBatch batch{.revocations = {}, .last = after, .highest = 0};
    while (rows.step()) batch.revocations.push_back(user::read_revocation(rows));
    auto highest = connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'revocation'");
    if (highest.step()) batch.highest = highest.integer(0);
    if (!batch.revocations.empty()) batch.last = batch.revocations.back().seq;
    return batch;
  });
}

}  // namespace cloudcart::sqlite
