#include "adapters/sqlite/user/sqlite_user_repository.h"

#include <map>
#include <ranges>

#include <fmt/format.h>

#include "adapters/sqlite/user/session_rows.h"
#include "adapters/sqlite/user/user_rows.h"
#include "core/text.h"
#include "user/domain/account_rules.h"

namespace cloudcart::sqlite {
namespace {

using user::User;

void update_user(Connection& connection, const User& user) {
  const auto key = user::email_key(user.email);
  connection
      .prepare(
          "UPDATE user SET email = ?, email_key = ?, first_name = ?, last_name = ?, role = ?, is_active = ?,"
          " password_hash = ?, rights_since = ?, updated_at = ? WHERE tenant = ? AND id = ?")
      .bind_all(user.email, key, user.first_name, user.last_name, to_string(user.role), user.is_active,
                user.password_hash, user.rights_since, user.updated_at, user.tenant.value, user.id)
      .run();
}

std::int64_t count_users(Connection& connection, const TenantId& tenant) {
  auto row = connection.prepare("SELECT count(*) FROM user WHERE tenant = ?");
  row.bind(tenant.value).step();
  return row.integer(0);
}

std::vector<User> read_page(Connection& connection, const TenantId& tenant,
                            const user::UserPageQuery& query) {
  auto rows = query.before
                  ? connection.prepare("SELECT " CLOUDCART_USER_COLUMNS
                                       " FROM user WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?")
                  : connection.prepare("SELECT " CLOUDCART_USER_COLUMNS
                                       " FROM user WHERE tenant = ? ORDER BY id DESC LIMIT ? OFFSET ?");
  rows.bind(tenant.value);
  // One more than asked for tells whether there is a next page.
  if (query.before) {
    rows.bind_all(*query.before, query.limit + 1);
  } else {
    rows.bind_all(query.limit + 1, query.offset);
  }
  std::vector<User> users;
  while (rows.step()) users.push_back(user::read_user(rows, tenant));
  return users;
}

/// Each has an index; written as the index has it.
constexpr std::string_view found_by[] = {"email_key", "lower(first_name || ' ' || last_name)",
                                         "lower(last_name)"};

/// Up to so many that begin so in one of these, in the order of addresses.
void find_by(Connection& connection, std::string_view expression, const TenantId& tenant,
             const user::UserSearch& search, std::map<std::string, User>& found) {
  // What follows everything that begins so, but for the one character beyond all others.
  const auto beginning = ascii_lower(search.beginning);
  const auto end = beginning + "\U0010FFFF";
  auto rows = connection.prepare(
      fmt::format("SELECT " CLOUDCART_USER_COLUMNS
                  " FROM user WHERE tenant = ? AND {0} >= ? AND {0} < ? ORDER BY email_key LIMIT ?",
                  expression));
  rows.bind_all(tenant.value, beginning, end, search.limit);
  while (rows.step()) {
    auto user = user::read_user(rows, tenant);
    auto key = user::email_key(user.email);
    found.emplace(std::move(key), std::move(user));
  }
}

}  // namespace

Task<Status> SqliteUserRepository::add(User user, std::optional<user::Session> session, Deadline deadline) {
  return store_.write(
      deadline, [user = std::move(user), session = std::move(session)](Connection& connection) {
        auto added = unless_email_taken([&] { insert_user(connection, insert_user_sql, user); });
        if (added && session) insert_session(connection, *session);
        return added;
      });
}

Task<Result<std::vector<User>>> SqliteUserRepository::find(TenantId tenant, std::vector<UserId> ids,
                                                           Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant),
                      ids = std::move(ids)](Connection& connection) -> Result<std::vector<User>> {
                       std::vector<User> users;
                       for (const auto id : ids)
                         if (auto user = find_user(connection, tenant, id)) users.push_back(*std::move(user));
                       return users;
                     });
}

Task<Result<std::optional<User>>> SqliteUserRepository::find_by_email(TenantId tenant, std::string email,
                                                                      Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant),
                      key = user::email_key(email)](Connection& connection) -> Result<std::optional<User>> {
                       auto row = connection.prepare("SELECT " CLOUDCART_USER_COLUMNS
                                                     " FROM user WHERE tenant = ? AND email_key = ?");
                       row.bind_all(tenant.value, key);
                       if (!row.step()) return std::nullopt;
                       return user::read_user(row, tenant);
                     });
}

Task<Result<std::vector<User>>> SqliteUserRepository::search(TenantId tenant, user::UserSearch search,
                                                             Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant),
                      search = std::move(search)](Connection& connection) -> Result<std::vector<User>> {
                       std::map<std::string, User> found;
                       for (const auto expression : found_by)
                         find_by(connection, expression, tenant, search, found);
                       std::vector<User> users;
                       for (auto& user : found | std::views::values | std::views::take(search.limit))
                         users.push_back(std::move(user));
                       return users;
                     });
}

Task<Result<user::UserPage>> SqliteUserRepository::list(TenantId tenant, user::UserPageQuery query,
                                                        Deadline deadline) {
  return store_.read(deadline,
                     [tenant = std::move(tenant), query](Connection& connection) -> Result<user::UserPage> {
                       user::UserPage page{.users = read_page(connection, tenant, query),
                                           .total = count_users(connection, tenant)};
                       if (std::ssize(page.users) > query.limit) {
                         page.users.pop_back();
                         page.next = page.users.back().id;
                       }
                       return page;
                     });
}

Task<Result<std::int64_t>> SqliteUserRepository::count(TenantId tenant, Deadline deadline) {
  return store_.read(deadline, [tenant = std::move(tenant)](Connection& connection) -> Result<std::int64_t> {
    return count_users(connection, tenant);
  });
}

Task<Result<User>> SqliteUserRepository::change_profile(TenantId tenant, UserId id,
                                                        user::ProfileChange change, Timestamp now,
                                                        Deadline deadline) {
  return store_.write(deadline,
                      [tenant = std::move(tenant), id, change = std::move(change),
                       now](Connection& connection) -> Result<User> {
                        auto found = find_user(connection, tenant, id);
                        if (!found) return fail(Error::not_found("Account"));
                        user::apply(change, now, *found);
                        CLOUDCART_CHECK(unless_email_taken([&] { update_user(connection, *found); }));
                        return *std::move(found);
                      });
}

Task<Result<user::ChangedAccount>> SqliteUserRepository::change_account(TenantId tenant, UserId id,
                                                                        user::AccountChange change,
                                                                        Timestamp now, Deadline deadline) {
  return store_.write(deadline,
                      [tenant = std::move(tenant), id, change = std::move(change),
                       now](Connection& connection) -> Result<user::ChangedAccount> {
                        auto found = find_user(connection, tenant, id);
                        if (!found) return fail(Error::not_found("Account"));
                        user::ChangedAccount changed{.user = *std::move(found)};
                        if (!change.fits(changed.user)) return fail(user::account_changed());
                        if (!change.changes(changed.user)) return changed;
                        user::apply(change, now, changed.user);
                        update_user(connection, changed.user);
                        if (const auto expiry = last_access_expiry(connection, tenant, id)) {
                          changed.revoked.push_back(
                              record(connection, {.tenant = tenant,
                                                  .what = auth::RightsChanged{id, changed.user.rights_since},
                                                  .expires_at = *expiry}));
                        }
                        remove_codes_of(connection, tenant, id);
                        if (change.ends_sessions()) remove_sessions_of(connection, tenant, id);
                        return changed;
                      });
}

Task<Status> SqliteUserRepository::replace_password_hash(TenantId tenant, UserId id, std::string old_hash,
                                                         std::string new_hash, Deadline deadline) {
  return store_.write(
      deadline,
      [tenant = std::move(tenant), id, old_hash = std::move(old_hash),
       new_hash = std::move(new_hash)](Connection& connection) -> Status {
        connection
            .prepare("UPDATE user SET password_hash = ? WHERE tenant = ? AND id = ? AND password_hash = ?")
            .bind_all(new_hash, tenant.value, id, old_hash)
            .run();
        return {};
      });
}

Task<Result<std::size_t>> SqliteUserRepository::import_users(std::vector<User> users, Deadline deadline) {
  return store_.write(deadline, [users = std::move(users)](Connection& connection) -> Result<std::size_t> {
    std::int64_t added = 0;
    for (const auto& user : users) {
      insert_user(connection, import_user_sql, user);
      added += connection.changes();
    }
    return static_cast<std::size_t>(added);
  });
}

}  // namespace cloudcart::sqlite
