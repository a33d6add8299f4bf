#include "auth/token_authenticator.h"

namespace cloudcart::auth {

Result<http::Identity> TokenAuthenticator::authenticate(std::string_view token) const {
  // Before the keys are looked at: found out by older ones than it says is harmless, by newer ones would not be.
  const auto generation = codec_.keys().generation();
  if (const auto known = verified_.find(token); known && known->generation == generation) {
    if (clock_.now() >= known->good_until) return TokenCodec::refusal();
    return identify(known->claims);
  }
  CLOUDCART_TRY(auto verified, codec_.check(token));
  if (const auto* service = std::get_if<ServiceClaims>(&verified.claims))
    return http::Identity{.tenant = service->tenant, .is_service = true};
  const auto known = std::make_shared<const VerifiedTokens::Known>(
      std::get<AccessClaims>(std::move(verified.claims)), verified.good_until, generation);
  verified_.add(token, known);
  return identify(known->claims);
}

Result<http::Identity> TokenAuthenticator::identify(const AccessClaims& access) const {
  if (!revocations_.are_known())
    return fail(ErrorCode::unavailable,
                "Which sign-ins have ended is not known at the moment; try again soon.");
  if (revocations_.is_revoked(access)) return TokenCodec::refusal();
  return http::Identity{access.tenant, access.user, access.role, access.session.to_string()};
}

}  // namespace cloudcart::auth
