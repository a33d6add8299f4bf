#include "user/app/session_issuer.h"

#include <algorithm>

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

SessionIssuer::SessionIssuer(const auth::TokenCodec& tokens, const Clock& clock, IdGenerator& ids,
                             SessionOptions options)
    : tokens_(tokens), clock_(clock), ids_(ids), options_(options) {}

Timestamp SessionIssuer::issue_time() const {
  return std::chrono::floor<seconds>(clock_.now());
}
Timestamp SessionIssuer::next_access_expiry() const {
  return issue_time() + options_.access_lifetime;
}

DraftSession SessionIssuer::draft(TenantId tenant, UserId user) {
  auto refresh_token = new_opaque_secret();
  const auto access_expires_at = next_access_expiry();
  Session session{.tenant = std::move(tenant),
                  .id = ids_.next_id<SessionId>(),
                  .user = user,
                  .refresh_hash = hash_of_secret(refresh_token),
                  .created_at = clock_.now(),
                  .access_expires_at = access_expires_at,
                  .expires_at = std::max(access_expires_at, issue_time() + options_.refresh_lifetime)};
  return {std::move(session), std::move(refresh_token)};
}

SignedIn SessionIssuer::sign(User user, SessionId session, Timestamp access_expires_at,
                             std::string refresh_token) {
  const auto issued_at = issue_time();
  auto token = tokens_.sign({.tenant = user.tenant,
                             .user = user.id,
                             .email = user.email,
                             .role = user.role,
                             .session = session,
                             .token_id = ids_.next(),
                             .rights_since = user.rights_since,
                             .issued_at = issued_at,
                             .expires_at = access_expires_at});
  return {std::move(user), std::move(token), std::move(refresh_token),
          std::chrono::duration_cast<seconds>(access_expires_at - issued_at)};
}

}  // namespace cloudcart::user
