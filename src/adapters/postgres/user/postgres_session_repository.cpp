#include "adapters/postgres/user/postgres_session_repository.h"

#include "adapters/postgres/user/expired_rows.h"
#include "adapters/postgres/user/revocation_rows.h"
#include "adapters/postgres/user/session_rows.h"
#include "adapters/postgres/user/user_rows.h"

namespace cloudcart::postgres {
namespace {

struct PresentedToken {
  SessionId session;
  std::int64_t number;
  std::int64_t current_number;
  Timestamp expires_at;
  user::User user;
};

/// Locks the token's session: the next caller with the same token sees what this one has made of it. The account is
/// read after that, by a statement of its own, which sees every change of rights that did not wait for this session.
Task<std::optional<PresentedToken>> lock_presented(Session& transaction,
                                                   const user::RefreshRequest& request) {
  std::vector<Query> statements{
      query("SELECT s.id, t.number, s.token_number, s.expires_at FROM refresh_token t"
            " JOIN session s ON s.tenant = t.tenant AND s.id = t.session_id"
            " WHERE t.tenant = $1 AND t.hash = $2 FOR UPDATE OF s",
            request.tenant.value, Bytes{request.presented_hash}),
      query("SELECT " CLOUDCART_USER_COLUMNS " FROM account WHERE tenant = $1 AND id ="
            " (SELECT user_id FROM session WHERE tenant = $1 AND id ="
            " (SELECT session_id FROM refresh_token WHERE tenant = $1 AND hash = $2))",
            request.tenant.value, Bytes{request.presented_hash})};
  const auto answers = co_await transaction.run_all(std::move(statements));
  // The second is empty alone when the token was forgotten while its session was waited for.
  if (answers[0].empty() || answers[1].empty()) co_return std::nullopt;
  const auto row = answers[0][0];
  co_return PresentedToken{row.id<SessionId>(0), row.integer(1), row.integer(2), row.timestamp(3),
                           user::read_user(answers[1][0], request.tenant)};
}

Task<user::RefreshedSession> rotate(Session& transaction, const user::RefreshRequest& request,
                                    PresentedToken token) {
  const auto number = token.current_number + 1;
  const auto access_expires_at = std::min(request.access_expires_at, token.expires_at);
  std::vector<Query> statements{
      query("INSERT INTO refresh_token(tenant, session_id, number, hash) VALUES($1, $2, $3, $4)",
            request.tenant.value, token.session, number, Bytes{request.next_hash}),
      // Earlier access tokens may live longer where the configured life was shortened.
      query("UPDATE session SET token_number = $3, access_expires_at = greatest(access_expires_at, $4)"
            " WHERE tenant = $1 AND id = $2",
            request.tenant.value, token.session, number, access_expires_at),
      query("DELETE FROM refresh_token WHERE tenant = $1 AND session_id = $2 AND number < $3",
            request.tenant.value, token.session, number - user::used_tokens_remembered)};
  co_await transaction.commit(std::move(statements));
  co_return user::RefreshedSession{std::move(token.user), token.session, access_expires_at};
}

}  // namespace

Task<Result<user::OpenedSession>> PostgresSessionRepository::open(user::Session session, Deadline deadline) {
  return store_.write(deadline, [session = std::move(session)](Session& transaction) {
    return open_session(transaction, session);
  });
}

Task<Result<user::RefreshOutcome>> PostgresSessionRepository::refresh(user::RefreshRequest request,
                                                                      Deadline deadline) {
  return store_.write(
      deadline, [request = std::move(request)](Session& transaction) -> Task<Result<user::RefreshOutcome>> {
        auto token = co_await lock_presented(transaction, request);
        if (!token || token->expires_at <= request.now) co_return user::RefreshOutcome{};
        if (token->number == token->current_number) {
          auto refreshed = co_await rotate(transaction, request, *std::move(token));
          co_return user::RefreshOutcome{.refreshed = std::move(refreshed)};
        }
        auto ended = co_await end_session(transaction, request.tenant, token->session);
        auto revoked = co_await commit_with(transaction, {}, std::move(ended));
        co_return user::RefreshOutcome{.revoked = std::move(revoked)};
      });
}

Task<Result<std::vector<auth::Revocation>>> PostgresSessionRepository::end(TenantId tenant, SessionId session,
                                                                           Deadline deadline) {
  return store_.write(deadline,
                      [tenant = std::move(tenant),
                       session](Session& transaction) -> Task<Result<std::vector<auth::Revocation>>> {
                        auto ended = co_await end_session(transaction, tenant, session);
                        co_return co_await commit_with(transaction, {}, std::move(ended));
                      });
}

Task<Result<std::vector<user::Session>>> PostgresSessionRepository::of_user(TenantId tenant, UserId user,
                                                                            Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline,
                          query("SELECT " CLOUDCART_SESSION_COLUMNS
                                " FROM session WHERE tenant = $1 AND user_id = $2 ORDER BY created_at, id",
                                tenant.value, user)));
  std::vector<user::Session> sessions;
  for (const auto row : rows) sessions.push_back(user::read_session(row, tenant));
  co_return sessions;
}

Task<Status> PostgresSessionRepository::add_sign_in_code(user::SignInCode code, Deadline deadline) {
  return store_.write(deadline, [code = std::move(code)](Session& transaction) -> Task<Status> {
    std::vector<Query> statements{
        removing_expired_sign_in_codes(code.created_at),
        query(
            "INSERT INTO sign_in_code(tenant, user_id, purpose, expires_at, hash) VALUES($1, $2, $3, $4, $5)"
            " ON CONFLICT (tenant, user_id, purpose)"
            " DO UPDATE SET expires_at = excluded.expires_at, hash = excluded.hash",
            code.tenant.value, code.user, to_string(code.purpose), code.expires_at, Bytes{code.hash})};
    co_await transaction.commit(std::move(statements));
    co_return Status{};
  });
}

Task<Result<std::optional<user::User>>> PostgresSessionRepository::owner_of_code(
    TenantId tenant, std::string code_hash, user::CodePurpose purpose, Timestamp now, Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline,
                          query("SELECT " CLOUDCART_USER_COLUMNS
                                " FROM account WHERE tenant = $1 AND id = (SELECT user_id FROM sign_in_code"
                                " WHERE tenant = $1 AND hash = $2 AND purpose = $3 AND expires_at > $4)",
                                tenant.value, Bytes{code_hash}, to_string(purpose), now)));
  co_return read_found_user(rows, tenant);
}

Task<Result<std::optional<user::OpenedSession>>> PostgresSessionRepository::open_by_code(
    std::string code_hash, user::CodePurpose purpose, user::Session session, Deadline deadline) {
  return store_.write(
      deadline,
      [hash = std::move(code_hash), purpose, proposed = std::move(session)](
          Session& transaction) -> Task<Result<std::optional<user::OpenedSession>>> {
        const auto used = co_await transaction.run(
            "DELETE FROM sign_in_code WHERE tenant = $1 AND hash = $2 AND purpose = $3 AND expires_at > $4"
            " RETURNING user_id",
            proposed.tenant.value, Bytes{hash}, to_string(purpose), proposed.created_at);
        if (used.empty()) co_return std::nullopt;
        auto session = proposed;
        session.user = used[0].id<UserId>(0);
        co_return co_await open_session(transaction, std::move(session));
      });
}

Task<Result<auth::RevocationBatch>> PostgresSessionRepository::revocations(std::int64_t after,
                                                                           std::int64_t limit, Timestamp now,
                                                                           Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, selecting_revocations(after, limit, now)));
  // Asked later, so that it is no less than what was read.
  CLOUDCART_CO_TRY(const auto counter,
                   co_await store_.ask(deadline, query("SELECT seq FROM revocation_counter")));
  auth::RevocationBatch batch{.revocations = {}, .last = after, .highest = counter[0].integer(0)};
  for (const auto row : rows) batch.revocations.push_back(user::read_revocation(row));
  if (!batch.revocations.empty()) batch.last = batch.revocations.back().seq;
  co_return batch;
}

}  // namespace cloudcart::postgres
