#include "adapters/memory/user/memory_user_repository.h"

#include <algorithm>
#include <map>
#include <ranges>

#include "core/text.h"
#include "user/domain/account_rules.h"

namespace cloudcart::memory {

using user::User;

Task<Status> MemoryUserRepository::add(User user, std::optional<user::Session> session, Deadline) {
  if (store_.find_by_email(user.tenant, user.email)) co_return fail(user::email_taken());
  store_.users[{user.tenant.value, user.id}] = user;
  if (session) store_.insert(*session);
  co_return Status{};
}

Task<Result<std::vector<User>>> MemoryUserRepository::find(TenantId tenant, std::vector<UserId> ids,
                                                           Deadline) {
  std::vector<User> users;
  for (const auto id : ids)
    if (const auto* found = store_.find(tenant, id)) users.push_back(*found);
  co_return users;
}

Task<Result<std::optional<User>>> MemoryUserRepository::find_by_email(TenantId tenant, std::string email,
                                                                      Deadline) {
  const auto* found = store_.find_by_email(tenant, email);
  co_return found ? std::optional(*found) : std::nullopt;
}

Task<Result<std::vector<User>>> MemoryUserRepository::search(TenantId tenant, user::UserSearch search,
                                                             Deadline) {
  const auto beginning = ascii_lower(search.beginning);
  std::map<std::string, User> found;
  for (const auto& [key, user] : store_.users) {
    const auto address = user::email_key(user.email);
    const auto name = ascii_lower(user.first_name + ' ' + user.last_name);
    if (user.tenant == tenant && (address.starts_with(beginning) || name.starts_with(beginning) ||
                                  ascii_lower(user.last_name).starts_with(beginning)))
      found.emplace(address, user);
  }
  std::vector<User> users;
  for (const auto& user : found | std::views::values | std::views::take(search.limit)) users.push_back(user);
  co_return users;
}

Task<Result<user::UserPage>> MemoryUserRepository::list(TenantId tenant, user::UserPageQuery query,
                                                        Deadline) {
  std::vector<User> newest_first;
  for (const auto& [key, user] : store_.users)
    if (user.tenant == tenant) newest_first.insert(newest_first.begin(), user);

  user::UserPage page{.total = std::ssize(newest_first)};
  std::int64_t to_skip = query.before ? 0 : query.offset;
  for (const auto& user : newest_first) {
    if (query.before && user.id >= *query.before) continue;
    if (to_skip-- > 0) continue;
    if (std::ssize(page.users) == query.limit) {
      page.next = page.users.back().id;
      break;
    }
    page.users.push_back(user);
  }
  co_return page;
}

Task<Result<std::int64_t>> MemoryUserRepository::count(TenantId tenant, Deadline) {
  co_return std::ranges::count(store_.users, tenant, [](const auto& entry) { return entry.second.tenant; });
}

Task<Result<User>> MemoryUserRepository::change_profile(TenantId tenant, UserId id,
                                                        user::ProfileChange change, Timestamp now, Deadline) {
  auto* found = store_.find(tenant, id);
  if (!found) co_return fail(Error::not_found("Account"));
  if (change.email) {
    const auto* holder = store_.find_by_email(tenant, *change.email);
    if (holder && holder != found) co_return fail(user::email_taken());
  }
  user::apply(change, now, *found);
  co_return *found;
}

Task<Result<user::ChangedAccount>> MemoryUserRepository::change_account(TenantId tenant, UserId id,
                                                                        user::AccountChange change,
                                                                        Timestamp now, Deadline) {
  auto* found = store_.find(tenant, id);
  if (!found) co_return fail(Error::not_found("Account"));
  if (!change.fits(*found)) co_return fail(user::account_changed());
  if (!change.changes(*found)) co_return user::ChangedAccount{.user = *found};
  user::apply(change, now, *found);
  user::ChangedAccount changed{.user = *found};
  std::erase_if(store_.codes,
                [&](const auto& entry) { return entry.second.tenant == tenant && entry.second.user == id; });

  const auto sessions = store_.sessions_of(tenant, id);
  if (!sessions.empty()) {
    const auto last = std::ranges::max(sessions, {}, &user::Session::access_expires_at).access_expires_at;
    changed.revoked.push_back(store_.record(
        {.tenant = tenant, .what = auth::RightsChanged{id, found->rights_since}, .expires_at = last}));
  }
  if (change.ends_sessions())
    for (const auto& session : sessions) store_.sessions.erase({tenant.value, session.id});
  co_return changed;
}

Task<Status> MemoryUserRepository::replace_password_hash(TenantId tenant, UserId id, std::string old_hash,
                                                         std::string new_hash, Deadline) {
  if (auto* found = store_.find(tenant, id); found && found->password_hash == old_hash)
    found->password_hash = new_hash;
  co_return Status{};
}

Task<Result<std::size_t>> MemoryUserRepository::import_users(std::vector<User> users, Deadline) {
  std::size_t added = 0;
  for (const auto& user : users) {
    if (store_.find(user.tenant, user.id) || store_.find_by_email(user.tenant, user.email)) continue;
    if (store_.find_erased(user.tenant, user.id)) continue;
    store_.users[{user.tenant.value, user.id}] = user;
    ++added;
  }
  co_return added;
}

}  // namespace cloudcart::memory
