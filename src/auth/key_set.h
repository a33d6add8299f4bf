#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/timestamp.h"

namespace cloudcart::auth {

/// A key that signs tokens with HMAC-SHA-256.
struct TokenKey {
  std::string secret;
  Timestamp signs_from =
      from_unix_ms(0);  ///< until then it only checks, so that every process knows it before it signs
  std::optional<Timestamp> valid_until;  ///< after it, its tokens are dead; empty for the newest key alone
  std::string id;                        ///< the `kid`; follows from the secret
  std::string header;                    ///< of its tokens, encoded

  bool is_valid(Timestamp now) const { return !valid_until || now < *valid_until; }
};

/// At least 32 bytes: RFC 7518, section 3.2, asks for a key as long as the hash. Errors: validation_failed
/// with a sentence for the operator.
Status check_secret(std::string_view secret);
/// 32 random bytes as hex.
std::string new_secret();

/// The keys of a platform, oldest first. Never empty; the newest one has no end.
class KeySet {
 public:
  static constexpr std::size_t most_keys = 8;

  /// One key for ever. Errors: check_secret().
  static Result<KeySet> of_secret(std::string secret);
  /// What a key file holds: a secret alone in its first line, or
  /// {"keys":[{"secret","signs_from","valid_until"}]} with times of RFC 3339. Errors: validation_failed.
  static Result<KeySet> parse(std::string_view text);
  std::string to_text() const;

  const std::vector<TokenKey>& keys() const { return keys_; }
  const TokenKey& signer(Timestamp now) const;

  /// With a new key that signs `lead` from now on. Those before it go on checking until the last token that they may
  /// have signed by then, which lives for `token_life`, has expired. Errors: conflict when there are too many.
  Result<KeySet> rotated(std::string secret, Timestamp now, milliseconds lead, seconds token_life) const;
  /// Without the key: its tokens are dead at once. Errors: not_found; conflict for the newest, which signs.
  Result<KeySet> without(std::string_view id) const;
  /// The newest alone, signing at once.
  KeySet newest_alone(Timestamp now) const;

 private:
  explicit KeySet(std::vector<TokenKey> keys);

  std::vector<TokenKey> keys_;
};

}  // namespace cloudcart::auth
