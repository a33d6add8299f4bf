#pragma once

#include "auth/revocations.h"
#include "auth/token_codec.h"
#include "auth/verified_tokens.h"
#include "http/authenticator.h"

namespace cloudcart::auth {

/// Bearer tokens by signature and revocations, without asking the user service.
class TokenAuthenticator final : public http::Authenticator {
 public:
  TokenAuthenticator(const TokenCodec& codec, const Revocations& revocations, const Clock& clock)
      : codec_(codec), revocations_(revocations), clock_(clock) {}

  Result<http::Identity> authenticate(std::string_view token) const override;

 private:
  Result<http::Identity> identify(const AccessClaims& access) const;

  const TokenCodec& codec_;
  const Revocations& revocations_;
  const Clock& clock_;
  mutable VerifiedTokens verified_;
};

}  // namespace cloudcart::auth
