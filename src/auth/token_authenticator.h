#pragma once

#include "auth/revocations.h"
#include "auth/token_codec.h"
#include "http/authenticator.h"

namespace cloudcart::auth {

/// Bearer tokens by signature and revocations, without asking the user service.
class TokenAuthenticator final : public http::Authenticator {
 public:
  TokenAuthenticator(const TokenCodec& codec, const Revocations& revocations)
      : codec_(codec), revocations_(revocations) {}

  Result<http::Identity> authenticate(std::string_view token) const override;

 private:
  const TokenCodec& codec_;
  const Revocations& revocations_;
};

}  // namespace cloudcart::auth
