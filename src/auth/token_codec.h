#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "auth/key_ring.h"
#include "core/caller.h"
#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"

namespace cloudcart::auth {

/// What an access token says about its bearer.
struct AccessClaims {
  TenantId tenant;
  UserId user;
  std::string email;
  Role role = Role::customer;
  SessionId session;
  Uuid token_id;
  /// Since when the account has had its present rights. Revocations compare it, and not the time of issue: a
  /// token that was signed a moment after a change, from what was read a moment before it, must be dead as
  /// well.
  Timestamp rights_since;
  Timestamp issued_at;   ///< whole seconds
  Timestamp expires_at;  ///< whole seconds
  bool operator==(const AccessClaims&) const = default;
};

/// What one process of the platform shows to another.
struct ServiceClaims {
  TenantId tenant;
  bool operator==(const ServiceClaims&) const = default;
};

using Claims = std::variant<AccessClaims, ServiceClaims>;

struct VerifiedClaims {
  Claims claims;
  Timestamp good_until;  ///< the token's expiry, or the end of its key when that is sooner
};

struct TokenOptions {
  std::string issuer = "cloudcart";
  std::string audience = "cloudcart-api";
};

/// JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 and nothing else, by one of the keys that are in force, which
/// the header names by its `kid`. Safe to share between threads.
class TokenCodec {
 public:
  static constexpr std::size_t max_token_bytes = 8 * 1024;
  static constexpr std::string_view service_audience = "cloudcart-service";
  static constexpr seconds service_lifetime{60};

  TokenCodec(std::shared_ptr<const KeyRing> keys, const Clock& clock, TokenOptions options = {});
  /// With one key for ever. Throws std::invalid_argument for a secret of less than 32 bytes.
  TokenCodec(std::string secret, const Clock& clock, TokenOptions options = {});

  std::string sign(const AccessClaims& claims) const;
  /// For calls between services of this platform; lives 60 seconds.
  std::string sign_service(const TenantId& tenant = {}) const;

  /// Checks form, key, algorithm, signature, issuer, audience and expiry. A token without `kid` may be of any key: those
  /// of earlier versions are. Errors: unauthenticated, the same for every reason.
  Result<VerifiedClaims> check(std::string_view token) const;
  Result<Claims> verify(std::string_view token) const;
  const KeyRing& keys() const { return *keys_; }
  /// The error for every token that is not taken: it tells an attacker nothing.
  static std::unexpected<Error> refusal();

 private:
  std::string sign_payload(std::string_view json) const;

  const std::shared_ptr<const KeyRing> keys_;
  const Clock& clock_;
  const TokenOptions options_;
};

}  // namespace cloudcart::auth
