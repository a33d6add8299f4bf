#include "adapters/memory/user/memory_setup_repository.h"

#include <algorithm>

#include "user/domain/account_rules.h"

namespace cloudcart::memory {

bool MemorySetupRepository::has_admin(const TenantId& tenant) const {
  return std::ranges::any_of(store_.users, [&](const auto& entry) {
    const auto& user = entry.second;
    return user.tenant == tenant && user.role == Role::admin && user.is_active;
  });
}

bool MemorySetupRepository::has_token(const TenantId& tenant, Timestamp now) const {
  const auto found = store_.setup_tokens.find(tenant.value);
  return found != store_.setup_tokens.end() && found->second.expires_at > now;
}

Task<Result<bool>> MemorySetupRepository::offer(user::SetupToken token, Deadline) {
  if (has_admin(token.tenant) || has_token(token.tenant, token.created_at)) co_return false;
  store_.setup_tokens[token.tenant.value] = token;
  co_return true;
}

Task<Result<bool>> MemorySetupRepository::is_open(TenantId tenant, Timestamp now, Deadline) {
  co_return !has_admin(tenant) && has_token(tenant, now);
}

Task<Result<bool>> MemorySetupRepository::is_good(TenantId tenant, std::string token_hash, Timestamp now,
                                                  Deadline) {
  co_return !has_admin(tenant) && has_token(tenant, now) &&
      store_.setup_tokens.at(tenant.value).hash == token_hash;
}

Task<Result<bool>> MemorySetupRepository::take(std::string token_hash, user::User admin,
                                               user::Session session, Deadline) {
  if (has_admin(admin.tenant) || !has_token(admin.tenant, admin.created_at)) co_return false;
  if (store_.setup_tokens.at(admin.tenant.value).hash != token_hash) co_return false;
  if (store_.find_by_email(admin.tenant, admin.email)) co_return fail(user::email_taken());
  store_.setup_tokens.erase(admin.tenant.value);
  store_.users[{admin.tenant.value, admin.id}] = admin;
  store_.insert(session);
  co_return true;
}

}  // namespace cloudcart::memory
