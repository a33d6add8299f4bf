#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/caller.h"
#include "core/id.h"
#include "core/timestamp.h"

namespace cloudcart::user {

/// One sign-in. It lives until it expires, is ended, or its account is deactivated.
struct Session {
  TenantId tenant;
  SessionId id;
  UserId user;
  std::string refresh_hash;  ///< SHA-256 of the refresh token that counts now
  Timestamp created_at;
  Timestamp access_expires_at;  ///< none of its access tokens expires later
  Timestamp expires_at;         ///< the end of refreshing; not before access_expires_at
};

/// What a one-use code is good for.
enum class CodePurpose : std::uint8_t { sign_in, reset };

constexpr std::string_view to_string(CodePurpose purpose) {
  return purpose == CodePurpose::reset ? "reset" : "sign_in";
}

/// Lets its bearer in once, without a password.
struct SignInCode {
  TenantId tenant;
  std::string hash;  ///< SHA-256 of the code
  UserId user;
  Timestamp created_at;
  Timestamp expires_at;
  CodePurpose purpose = CodePurpose::sign_in;  ///< reset: to set a new password with
};

/// Makes the first admin of a shop, once.
struct SetupToken {
  TenantId tenant;
  std::string hash;  ///< SHA-256 of the token
  Timestamp created_at;
  Timestamp expires_at;
};

/// One account may be signed in this often; the oldest session beyond it ends.
constexpr std::size_t max_sessions_per_user = 500;

/// A session remembers this many of its used refresh tokens, to notice when one comes again.
constexpr std::int64_t used_tokens_remembered = 1'000;

}  // namespace cloudcart::user
