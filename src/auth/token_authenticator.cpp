#include "auth/token_authenticator.h"

namespace cloudcart::auth {

Result<http::Identity> TokenAuthenticator::authenticate(std::string_view token) const {
  if (const auto known = verified_.find(token)) {
    if (clock_.now() >= known->expires_at) return TokenCodec::refusal();
    return identify(*known);
  }
  CLOUDCART_TRY(auto claims, codec_.verify(token));
  if (const auto* service = std::get_if<ServiceClaims>(&claims))
    return http::Identity{.tenant = service->tenant, .is_service = true};
  const auto access = std::make_shared<const AccessClaims>(std::get<AccessClaims>(std::move(claims)));
  verified_.add(token, access);
  return identify(*access);
}

Result<http::Identity> TokenAuthenticator::identify(const AccessClaims& access) const {
  if (revocations_.is_revoked(access)) return TokenCodec::refusal();
  return http::Identity{access.tenant, access.user, access.role, access.session.to_string()};
}

}  // namespace cloudcart::auth
