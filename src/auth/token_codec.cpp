#include "auth/token_codec.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/crypto.h>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "core/sha256.h"
#include "core/text.h"

// Written on HMAC and not on libjwt: Debian 12's libjwt 1.10 takes the algorithm from the token's
// own header (HS384 and HS512 pass with the same key), decodes base64 that is not canonical, parses header
// and claims before it has looked at the signature, and cannot tell a claim of the wrong type from one that
// is absent.

namespace cloudcart::auth {
namespace {

namespace json = boost::json;

struct Parts {
  std::string_view header, claims, signature;
  std::string_view signed_text;
};

std::optional<Parts> split_token(std::string_view token) {
  if (token.size() > TokenCodec::max_token_bytes) return std::nullopt;
  const auto parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  return Parts{parts[0], parts[1], parts[2], token.substr(0, parts[0].size() + 1 + parts[1].size())};
}

std::optional<json::object> decode_object(std::string_view part) {
  const auto text = base64url_decode(part);
  if (!text) return std::nullopt;
  auto value = parse_json(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::optional<std::string_view> text_claim(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string_view{value->get_string()};
}

std::optional<std::int64_t> integer_claim(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

/// A NumericDate of whole seconds, as sign() writes it, within the years that a Timestamp can name.
std::optional<Timestamp> time_claim(const json::object& claims, std::string_view name) {
  constexpr std::int64_t year_9999 = 253'402'300'799;
  const auto value = integer_claim(claims, name);
  if (!value || *value < 0 || *value > year_9999) return std::nullopt;
  return Timestamp{seconds{*value}};
}

std::optional<AccessClaims> access_claims(const json::object& claims) {
  const auto tenant = text_claim(claims, "tenant");
  const auto user = UserId::parse(text_claim(claims, "id").value_or(""));
  const auto email = text_claim(claims, "email");
  const auto role = parse_role(text_claim(claims, "role").value_or(""));
  const auto session = SessionId::parse(text_claim(claims, "sid").value_or(""));
  const auto token_id = Uuid::parse(text_claim(claims, "jti").value_or(""));
  const auto rights_since = integer_claim(claims, "rights_since");
  const auto issued_at = time_claim(claims, "iat");
  const auto expires_at = time_claim(claims, "exp");
  if (!tenant || !user || !email || !role || !session || !token_id || !rights_since || !issued_at ||
      !expires_at)
    return std::nullopt;
  return AccessClaims{
      {std::string{*tenant}},      *user,      std::string{*email}, *role, *session, *token_id,
      from_unix_ms(*rights_since), *issued_at, *expires_at};
}

std::optional<Claims> claims_of(const json::object& claims, const TokenOptions& options) {
  const auto audience = text_claim(claims, "aud");
  if (text_claim(claims, "iss") != options.issuer) return std::nullopt;
  if (audience == options.audience) return access_claims(claims);
  const auto tenant = text_claim(claims, "tenant");
  if (audience == TokenCodec::service_audience && tenant) return ServiceClaims{{std::string{*tenant}}};
  return std::nullopt;
}

std::int64_t numeric_date(Timestamp time) {
  return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

}  // namespace

namespace {

std::shared_ptr<const KeyRing> ring_of(std::string secret) {
  auto keys = KeySet::of_secret(std::move(secret));
  if (!keys) throw std::invalid_argument(keys.error().message);
  return std::make_shared<const KeyRing>(*std::move(keys));
}

bool has_signed(const TokenKey& key, const Parts& parts, std::string_view signature) {
  const auto expected = hmac_sha256(key.secret, parts.signed_text);
  return CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
}

/// The key that signed the token. Its header is one of few texts, so that nothing a stranger wrote is parsed before the
/// signature is known to be right; any other spelling must be signed by one of the keys all the same.
const TokenKey* signer_of(const KeySet& keys, const Parts& parts, std::string_view signature, Timestamp now) {
  const auto signed_by = [&](const TokenKey& key) {
    return key.is_valid(now) && has_signed(key, parts, signature);
  };
  const auto& all = keys.keys();
  const auto named = std::ranges::find(all, parts.header, &TokenKey::header);
  if (named != all.end()) return signed_by(*named) ? &*named : nullptr;
  const auto found = std::ranges::find_if(all, signed_by);
  return found == all.end() ? nullptr : &*found;
}

/// One algorithm, no extension that would have to be understood, and no key but the one that has signed.
bool is_plain_header(const json::object& header, const TokenKey& key) {
  if (text_claim(header, "alg") != "HS256") return false;
  for (const auto name : {"crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc"})
    if (header.contains(name)) return false;
  return !header.contains("kid") || text_claim(header, "kid") == key.id;
}

}  // namespace

TokenCodec::TokenCodec(std::shared_ptr<const KeyRing> keys, const Clock& clock, TokenOptions options)
    : keys_(std::move(keys)), clock_(clock), options_(std::move(options)) {}

TokenCodec::TokenCodec(std::string secret, const Clock& clock, TokenOptions options)
    : TokenCodec(ring_of(std::move(secret)), clock, std::move(options)) {}

std::string TokenCodec::sign_payload(std::string_view payload) const {
  const auto keys = keys_->current();
  const auto& key = keys->signer(clock_.now());
  std::string token = key.header + '.' + base64url_encode(payload);
  const auto signature = hmac_sha256(key.secret, token);
  return token + '.' + base64url_encode(to_bytes(signature));
}

std::string TokenCodec::sign(const AccessClaims& claims) const {
  JsonWriter payload;
  payload.begin_object().field("iss", options_.issuer).field("aud", options_.audience);
  payload.field("tenant", claims.tenant.value).field("id", claims.user).field("email", claims.email);
  payload.field("role", to_string(claims.role)).field("sid", claims.session).field("jti", claims.token_id);
  payload.field("rights_since", to_unix_ms(claims.rights_since));
  payload.field("iat", numeric_date(claims.issued_at))
      .field("exp", numeric_date(claims.expires_at))
      .end_object();
  return sign_payload(payload.str());
}

std::string TokenCodec::sign_service(const TenantId& tenant) const {
  const auto now = clock_.now();
  JsonWriter payload;
  payload.begin_object()
      .field("iss", options_.issuer)
      .field("aud", service_audience)
      .field("tenant", tenant.value);
  payload.field("iat", numeric_date(now)).field("exp", numeric_date(now + service_lifetime)).end_object();
  return sign_payload(payload.str());
}

std::unexpected<Error> TokenCodec::refusal() {
  return fail(ErrorCode::unauthenticated, "The token is not valid or has expired; sign in again.");
}

Result<Claims> TokenCodec::verify(std::string_view token) const {
  CLOUDCART_TRY(auto verified, check(token));
  return std::move(verified.claims);
}

Result<VerifiedClaims> TokenCodec::check(std::string_view token) const {
  const auto parts = split_token(token);
  if (!parts) return refusal();
  const auto signature = base64url_decode(parts->signature);
  if (!signature || signature->size() != sha256_bytes) return refusal();
  const auto now = clock_.now();
  const auto keys = keys_->current();
  const auto* key = signer_of(*keys, *parts, *signature, now);
  if (!key) return refusal();

  const auto header = decode_object(parts->header);
  if (!header || !is_plain_header(*header, *key)) return refusal();
  const auto payload = decode_object(parts->claims);
  if (!payload) return refusal();
  const auto expires_at = time_claim(*payload, "exp");
  if (!expires_at || *expires_at <= now) return refusal();
  auto claims = claims_of(*payload, options_);
  if (!claims) return refusal();
  return VerifiedClaims{*std::move(claims), std::min(*expires_at, key->valid_until.value_or(*expires_at))};
}

}  // namespace cloudcart::auth
