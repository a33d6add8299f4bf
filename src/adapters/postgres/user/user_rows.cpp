#include "adapters/postgres/user/user_rows.h"

#include "user/domain/account_rules.h"

namespace cloudcart::postgres {
namespace {

#define CLOUDCART_INSERT_ACCOUNTS                                                                          \
  "INSERT INTO account(tenant, email_key, " CLOUDCART_USER_COLUMNS                                         \
  ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS added(tenant, email_key, " \
  "id)"

/// One value of each account, for a parameter that is an array.
template <class Read>
auto column(std::span<const user::User> users, Read read) {
  std::vector<decltype(read(users.front()))> values;
  values.reserve(users.size());
  for (const auto& user : users) values.push_back(read(user));
  return values;
}

}  // namespace

std::vector<user::User> read_users(const Rows& rows, const TenantId& tenant) {
  std::vector<user::User> users;
  users.reserve(rows.size());
  for (const auto row : rows) users.push_back(user::read_user(row, tenant));
  return users;
}

std::optional<user::User> read_found_user(const Rows& rows, const TenantId& tenant) {
  if (rows.empty()) return std::nullopt;
  return user::read_user(rows[0], tenant);
}

Query selecting_for_update(const TenantId& tenant, UserId id) {
  return query("SELECT " CLOUDCART_USER_COLUMNS
               " FROM account WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE",
               tenant.value, id);
}

Query inserting(std::span<const user::User> users, Existing existing) {
  using user::User;
  return query(
      existing == Existing::is_left ? CLOUDCART_INSERT_ACCOUNTS
          " WHERE NOT EXISTS (SELECT FROM erasure WHERE erasure.tenant = added.tenant AND user_id = added.id)"
          " ON CONFLICT DO NOTHING"
                                    : CLOUDCART_INSERT_ACCOUNTS,
      column(users, [](const User& user) { return user.tenant.value; }),
      column(users, [](const User& user) { return user::email_key(user.email); }),
      column(users, [](const User& user) { return user.id; }),
      column(users, [](const User& user) { return user.email; }),
      column(users, [](const User& user) { return user.first_name; }),
      column(users, [](const User& user) { return user.last_name; }),
      column(users, [](const User& user) { return std::string{to_string(user.role)}; }),
      column(users, [](const User& user) { return user.is_active; }),
      column(users, [](const User& user) { return user.password_hash; }),
      column(users, [](const User& user) { return to_unix_ms(user.rights_since); }),
      column(users, [](const User& user) { return to_unix_ms(user.created_at); }),
      column(users, [](const User& user) { return to_unix_ms(user.updated_at); }));
}

Query removing_erased(std::span<const user::User> users) {
  using user::User;
  return query(
      "DELETE FROM account USING unnest($1, $2) AS added(tenant, id), erasure"
      " WHERE account.tenant = added.tenant AND account.id = added.id"
      " AND account.xmin = pg_current_xact_id()::xid"
      " AND erasure.tenant = added.tenant AND erasure.user_id = added.id",
      column(users, [](const User& user) { return user.tenant.value; }),
      column(users, [](const User& user) { return user.id; }));
}

Query updating(const user::User& user) {
  return query(
      "UPDATE account SET email = $3, email_key = $4, first_name = $5, last_name = $6, role = $7,"
      " is_active = $8, password_hash = $9, rights_since = $10, updated_at = $11"
      " WHERE tenant = $1 AND id = $2",
      user.tenant.value, user.id, user.email, user::email_key(user.email), user.first_name, user.last_name,
      to_string(user.role), user.is_active, user.password_hash, user.rights_since, user.updated_at);
}

Task<Status> commit_unless_email_taken(Session& transaction, std::vector<Query> changes) {
  try {
    co_await transaction.commit(std::move(changes));
    co_return Status{};
  } catch (const Failure& failure) {
    if (failure.constraint() != "account_by_email") throw;
    co_return fail(user::email_taken());
  }
}

}  // namespace cloudcart::postgres
