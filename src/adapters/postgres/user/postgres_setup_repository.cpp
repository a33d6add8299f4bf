#include "adapters/postgres/user/postgres_setup_repository.h"

#include "adapters/postgres/user/expired_rows.h"
#include "adapters/postgres/user/session_rows.h"
#include "adapters/postgres/user/user_rows.h"
#include "user/domain/account_rules.h"

namespace cloudcart::postgres {
namespace {

#define CLOUDCART_HAS_ADMIN "EXISTS (SELECT FROM account WHERE tenant = $1 AND role = 'admin' AND is_active)"

}  // namespace

Task<Result<bool>> PostgresSetupRepository::offer(user::SetupToken token, Deadline deadline) {
  return store_.write(deadline, [token = std::move(token)](Session& transaction) -> Task<Result<bool>> {
    // Of several at once the later one finds the row of the first, which is good for longer than now.
    const auto kept = co_await transaction.run(
        "INSERT INTO setup_token AS held(tenant, hash, expires_at) SELECT $1, $2, $3 WHERE "
        "NOT " CLOUDCART_HAS_ADMIN
        " ON CONFLICT (tenant) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at"
        " WHERE held.expires_at <= $4",
        token.tenant.value, Bytes{token.hash}, token.expires_at, token.created_at);
    co_return kept.affected() == 1;
  });
}

Task<Result<bool>> PostgresSetupRepository::is_open(TenantId tenant, Timestamp now, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query("SELECT 1 FROM setup_token WHERE tenant = $1"
                                                       " AND expires_at > $2 AND NOT " CLOUDCART_HAS_ADMIN,
                                                       tenant.value, now)));
  co_return !rows.empty();
}

Task<Result<bool>> PostgresSetupRepository::is_good(TenantId tenant, std::string token_hash, Timestamp now,
                                                    Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline, query("SELECT 1 FROM setup_token WHERE tenant = $1 AND hash = $2"
                                          " AND expires_at > $3 AND NOT " CLOUDCART_HAS_ADMIN,
                                          tenant.value, Bytes{token_hash}, now)));
  co_return !rows.empty();
}

Task<Result<bool>> PostgresSetupRepository::take(std::string token_hash, user::User admin,
                                                 user::Session session, Deadline deadline) {
  return store_.write(
      deadline,
      [hash = std::move(token_hash), admin = std::move(admin),
       session = std::move(session)](Session& transaction) -> Task<Result<bool>> {
        const auto used = co_await transaction.run(
            "DELETE FROM setup_token WHERE tenant = $1 AND hash = $2 AND expires_at > $3 AND "
            "NOT " CLOUDCART_HAS_ADMIN,
            admin.tenant.value, Bytes{hash}, admin.created_at);
        if (used.affected() == 0) co_return false;
        std::vector<Query> statements{inserting({&admin, 1}, Existing::is_violation)};
        std::ranges::move(inserting(session), std::back_inserter(statements));
        std::ranges::move(removing_expired(session.created_at), std::back_inserter(statements));
        CLOUDCART_CO_CHECK(co_await commit_unless_email_taken(transaction, std::move(statements)));
        co_return true;
      });
}

}  // namespace cloudcart::postgres
