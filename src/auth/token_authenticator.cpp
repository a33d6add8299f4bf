#include "auth/token_authenticator.h"

namespace cloudcart::auth {

Result<http::Identity> TokenAuthenticator::authenticate(std::string_view token) const {
  CLOUDCART_TRY(const auto claims, codec_.verify(token));
  if (const auto* service = std::get_if<ServiceClaims>(&claims))
    return http::Identity{.tenant = service->tenant, .is_service = true};
  const auto& access = std::get<AccessClaims>(claims);
  if (revocations_.is_revoked(access)) return TokenCodec::refusal();
  return http::Identity{access.tenant, access.user, access.role, access.session.to_string()};
}

}  // namespace cloudcart::auth
