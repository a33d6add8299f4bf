#include "adapters/memory/user/memory_user_store.h"

#include <algorithm>
#include <tuple>

#include "user/domain/account_rules.h"

namespace cloudcart::memory {

user::User* MemoryUserStore::find(const TenantId& tenant, UserId id) {
  const auto found = users.find({tenant.value, id});
  return found == users.end() ? nullptr : &found->second;
}

MemoryUserStore::ErasedUser* MemoryUserStore::find_erased(const TenantId& tenant, UserId id) {
  for (auto& entry : erased)
    if (entry.state.erasure.tenant == tenant && entry.state.erasure.user == id) return &entry;
  return nullptr;
}

user::User* MemoryUserStore::find_by_email(const TenantId& tenant, std::string_view email) {
  const auto key = user::email_key(email);
  for (auto& [id, user] : users)
    if (user.tenant == tenant && user::email_key(user.email) == key) return &user;
  return nullptr;
}

std::vector<auth::Revocation> MemoryUserStore::insert(const user::Session& session) {
  const auto now = session.created_at;
  std::erase_if(sessions, [&](const auto& entry) { return entry.second.session.expires_at <= now; });
  std::erase_if(revocations, [&](const auto& entry) { return entry.expires_at <= now; });
  sessions[{session.tenant.value, session.id}] = {session, {session.refresh_hash}};

  std::vector<auth::Revocation> revoked;
  auto of_user = sessions_of(session.tenant, session.user);
  for (std::size_t i = 0; i + user::max_sessions_per_user < of_user.size(); ++i)
    revoked.push_back(end(session.tenant, of_user[i].id).value());
  return revoked;
}

std::optional<auth::Revocation> MemoryUserStore::end(const TenantId& tenant, SessionId id) {
  const auto found = sessions.find({tenant.value, id});
  if (found == sessions.end()) return std::nullopt;
  const auto expires_at = found->second.session.access_expires_at;
  sessions.erase(found);
  return record({.tenant = tenant, .what = auth::SessionEnded{id}, .expires_at = expires_at});
}

std::vector<user::Session> MemoryUserStore::sessions_of(const TenantId& tenant, UserId user) const {
  std::vector<user::Session> found;
  for (const auto& [key, entry] : sessions)
    if (entry.session.tenant == tenant && entry.session.user == user) found.push_back(entry.session);
  std::ranges::sort(found, {},
                    [](const user::Session& session) { return std::tuple(session.created_at, session.id); });
  return found;
}

auth::Revocation MemoryUserStore::record(auth::Revocation revocation) {
  revocation.seq = ++last_seq;
  revocations.push_back(revocation);
  return revocation;
}

}  // namespace cloudcart::memory
