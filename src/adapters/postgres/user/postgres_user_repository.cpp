#include "adapters/postgres/user/postgres_user_repository.h"

#include <fmt/format.h>

#include "adapters/postgres/user/expired_rows.h"
#include "adapters/postgres/user/revocation_rows.h"
#include "adapters/postgres/user/session_rows.h"
#include "adapters/postgres/user/user_rows.h"
#include "core/text.h"
#include "user/domain/account_rules.h"

namespace cloudcart::postgres {
namespace {

using user::User;

Query counting(const TenantId& tenant) {
  return query("SELECT count(*) FROM account WHERE tenant = $1", tenant.value);
}

Query selecting_page(const TenantId& tenant, const user::UserPageQuery& page) {
  // One more than asked for tells whether there is a next page.
  if (page.before) {
    return query("SELECT " CLOUDCART_USER_COLUMNS
                 " FROM account WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                 tenant.value, *page.before, page.limit + 1);
  }
  return query("SELECT " CLOUDCART_USER_COLUMNS
               " FROM account WHERE tenant = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
               tenant.value, page.limit + 1, page.offset);
}

/// The accounts of which `expression` begins as the search wants, from its index.
std::string beginning_sql(std::string_view expression) {
  return fmt::format(
      "(SELECT email_key, " CLOUDCART_USER_COLUMNS
      " FROM account WHERE tenant = $1 AND {0} >= $2 AND {0} < $3 ORDER BY email_key LIMIT $4)",
      expression);
}

Query selecting_found(const TenantId& tenant, const user::UserSearch& search) {
  // The expressions are written as the indexes have them. UNION leaves each account once.
  static const auto sql = fmt::format(
      "SELECT " CLOUDCART_USER_COLUMNS " FROM ({} UNION {} UNION {}) AS found ORDER BY email_key LIMIT $4",
      beginning_sql("email_key"), beginning_sql("lower(first_name || ' ' || last_name)"),
      beginning_sql("lower(last_name)"));
  // What follows everything that begins so, but for the one character beyond all others.
  const auto beginning = ascii_lower(search.beginning);
  return query(sql, tenant.value, beginning, beginning + "\U0010FFFF", search.limit);
}

}  // namespace

Task<Status> PostgresUserRepository::add(User user, std::optional<user::Session> session, Deadline deadline) {
  return store_.write(
      deadline, [user = std::move(user), session = std::move(session)](Session& transaction) -> Task<Status> {
        std::vector<Query> statements{inserting({&user, 1}, Existing::is_violation)};
        if (session) {
          std::ranges::move(inserting(*session), std::back_inserter(statements));
          std::ranges::move(removing_expired(session->created_at), std::back_inserter(statements));
        }
        return commit_unless_email_taken(transaction, std::move(statements));
      });
}

Task<Result<std::vector<User>>> PostgresUserRepository::find(TenantId tenant, std::vector<UserId> ids,
                                                             Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query("SELECT " CLOUDCART_USER_COLUMNS
                                                       " FROM unnest($2) WITH ORDINALITY AS wanted(id, place)"
                                                       " JOIN account USING (id)"
                                                       " WHERE tenant = $1 ORDER BY place",
                                                       tenant.value, ids)));
  co_return read_users(rows, tenant);
}

Task<Result<std::optional<User>>> PostgresUserRepository::find_by_email(TenantId tenant, std::string email,
                                                                        Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query("SELECT " CLOUDCART_USER_COLUMNS
                                                       " FROM account WHERE tenant = $1 AND email_key = $2",
                                                       tenant.value, user::email_key(email))));
  co_return read_found_user(rows, tenant);
}

Task<Result<std::vector<User>>> PostgresUserRepository::search(TenantId tenant, user::UserSearch search,
                                                               Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, selecting_found(tenant, search)));
  co_return read_users(rows, tenant);
}

Task<Result<user::UserPage>> PostgresUserRepository::list(TenantId tenant, user::UserPageQuery query,
                                                          Deadline deadline) {
  return store_.read(
      deadline,
      [tenant = std::move(tenant), query](Session& transaction) -> Task<Result<user::UserPage>> {
        std::vector<Query> statements{selecting_page(tenant, query), counting(tenant)};
        const auto answers = co_await transaction.run_all(std::move(statements));
        user::UserPage page{.users = read_users(answers[0], tenant), .total = answers[1][0].integer(0)};
        if (std::ssize(page.users) > query.limit) {
          page.users.pop_back();
          page.next = page.users.back().id;
        }
        co_return page;
      },
      {.isolation = Isolation::repeatable_read});
}

Task<Result<std::int64_t>> PostgresUserRepository::count(TenantId tenant, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, counting(tenant)));
  co_return rows[0].integer(0);
}

Task<Result<User>> PostgresUserRepository::change_profile(TenantId tenant, UserId id,
                                                          user::ProfileChange change, Timestamp now,
                                                          Deadline deadline) {
  return store_.write(
      deadline,
      [tenant = std::move(tenant), id, change = std::move(change),
       now](Session& transaction) -> Task<Result<User>> {
        auto found = read_found_user(co_await transaction.run(selecting_for_update(tenant, id)), tenant);
        if (!found) co_return fail(Error::not_found("Account"));
        user::apply(change, now, *found);
        CLOUDCART_CO_CHECK(co_await commit_unless_email_taken(transaction, {updating(*found)}));
        co_return *std::move(found);
      });
}

Task<Result<user::ChangedAccount>> PostgresUserRepository::change_account(TenantId tenant, UserId id,
                                                                          user::AccountChange change,
                                                                          Timestamp now, Deadline deadline) {
  return store_.write(
      deadline,
      [tenant = std::move(tenant), id, change = std::move(change),
       now](Session& transaction) -> Task<Result<user::ChangedAccount>> {
        // With its sessions locked, none of them is refreshed with the old rights beyond what is revoked.
        std::vector<Query> statements{selecting_codes_for_update(tenant, id),
                                      selecting_for_update(tenant, id),
                                      selecting_last_access_expiry_for_update(tenant, id)};
        const auto answers = co_await transaction.run_all(std::move(statements));
        auto found = read_found_user(answers[1], tenant);
        if (!found) co_return fail(Error::not_found("Account"));
        user::ChangedAccount changed{.user = *std::move(found)};
        if (!change.fits(changed.user)) co_return fail(user::account_changed());
        if (!change.changes(changed.user)) co_return changed;
        user::apply(change, now, changed.user);
        if (const auto last = answers[2][0]; !last.is_null(0)) {
          changed.revoked.push_back({.tenant = tenant,
                                     .what = auth::RightsChanged{id, changed.user.rights_since},
                                     .expires_at = last.timestamp(0)});
        }
        std::vector<Query> last{updating(changed.user), removing_codes_of(tenant, id)};
        if (change.ends_sessions()) last.push_back(removing_sessions_of(tenant, id));
        changed.revoked = co_await commit_with(transaction, std::move(last), std::move(changed.revoked));
        co_return changed;
      });
}

Task<Status> PostgresUserRepository::replace_password_hash(TenantId tenant, UserId id, std::string old_hash,
                                                           std::string new_hash, Deadline deadline) {
  return store_.write(
      deadline,
      [tenant = std::move(tenant), id, old_hash = std::move(old_hash),
       new_hash = std::move(new_hash)](Session& transaction) -> Task<Status> {
        co_await transaction.run(
            "UPDATE account SET password_hash = $4 WHERE tenant = $1 AND id = $2 AND password_hash = $3",
            tenant.value, id, old_hash, new_hash);
        co_return Status{};
      });
}

Task<Result<std::size_t>> PostgresUserRepository::import_users(std::vector<User> users, Deadline deadline) {
  return store_.write(deadline,
                      [users = std::move(users)](Session& transaction) -> Task<Result<std::size_t>> {
                        std::vector<Query> statements{inserting(users, Existing::is_left),
                                                      removing_erased(users)};
                        const auto answers = co_await transaction.run_all(std::move(statements));
                        co_return static_cast<std::size_t>(answers[0].affected() - answers[1].affected());
                      },
                      {.unhurried = true});
}

}  // namespace cloudcart::postgres
