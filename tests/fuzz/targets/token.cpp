// Access tokens: as strangers send them, and with claims of any kind under a good signature.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/token_codec.h"
#include "core/text.h"
#include "fuzz/fuzz_target.h"
#include "support/fake_clock.h"

using namespace cloudcart;
using fuzz::require;

namespace {

constexpr std::string_view secret = "an example secret of forty-two characters.";

std::string signed_token(std::string_view header, std::string_view claims) {
  std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
  std::string digest(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return text + '.' + base64url_encode(digest);
}

}  // namespace

/// First line: the header; the rest: the claims. A header that begins with "raw" makes the rest the token itself.
FUZZ_TARGET(token) {
  static const test::FakeClock clock;
  static const auth::TokenCodec codec{std::string{secret}, clock};
  fuzz::Input bytes(input);
  const auto header = bytes.line();
  const bool raw = header.starts_with("raw");
  const auto token = raw ? std::string{bytes.rest()} : signed_token(header, bytes.rest());
  const auto claims = codec.verify(token);
  if (!claims) {
    require(claims.error().message == auth::TokenCodec::refusal().error().message,
            "every refusal says the same");
    return;
  }
  require(!raw, "nobody guesses a signature");
  require(token.size() <= auth::TokenCodec::max_token_bytes, "tokens have a bound");
  if (const auto* access = std::get_if<auth::AccessClaims>(&*claims)) {
    require(access->expires_at > clock.now(), "a token that is taken has not expired");
    const auto again = codec.verify(codec.sign(*access));
    require(again && *again == *claims, "claims are signed as they were read");
  }
  auto changed = token;
  const auto at = changed.size() / 2;
  changed[at] = changed[at] == 'A' ? 'B' : 'A';
  require(!codec.verify(changed), "a token that was changed is refused");
}
