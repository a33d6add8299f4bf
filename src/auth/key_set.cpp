#include "auth/key_set.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/id_generator.h"
#include "core/json_reader.h"
#include "core/json_writer.h"
#include "core/sha256.h"
#include "core/text.h"

namespace cloudcart::auth {
namespace {

constexpr std::size_t min_secret_bytes = 32;
constexpr std::size_t random_secret_bytes = 32;
constexpr std::size_t id_digits = 16;
/// Clocks of the platform's machines may differ by so much.
constexpr seconds clock_tolerance{60};

/// The same in every process, and nothing by which the secret could be guessed: it is too long for that.
std::string id_of(std::string_view secret) {
  return to_hex(sha256(fmt::format("cloudcart key id {}", secret))).substr(0, id_digits);
}

TokenKey make_key(std::string secret, Timestamp signs_from, std::optional<Timestamp> valid_until) {
  TokenKey key{.secret = std::move(secret), .signs_from = signs_from, .valid_until = valid_until};
  key.id = id_of(key.secret);
  key.header = base64url_encode(fmt::format(R"({{"alg":"HS256","kid":"{}","typ":"JWT"}})", key.id));
  return key;
}

Result<TokenKey> read_key(const boost::json::value& value) {
  FieldReader fields(value);
  auto secret = fields.text("secret", {.min = min_secret_bytes, .max = 1024});
  const auto from = parse_rfc3339(fields.text("signs_from", {.min = 1}));
  const auto until_text = fields.optional_text("valid_until", {.min = 1});
  const auto until = until_text ? parse_rfc3339(*until_text) : std::nullopt;
  if (!from) fields.add_error("signs_from", "must be a time like 2026-01-31T12:00:00.000Z");
  if (until_text && !until) fields.add_error("valid_until", "must be a time like 2026-01-31T12:00:00.000Z");
  CLOUDCART_CHECK(fields.finish());
  return make_key(std::move(secret), *from, until);
}

Error not_a_key_file(std::string_view why) {
  return {ErrorCode::validation_failed, fmt::format("The key file is not usable: {}", why), {}};
}

Result<std::vector<TokenKey>> read_keys(std::string_view text) {
  const auto body = parse_json(text);
  if (!body) return fail(not_a_key_file(body.error().message));
  const auto* object = body->if_object();
  const auto* list = object ? object->if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return fail(not_a_key_file("it has no list of keys."));
  std::vector<TokenKey> keys;
  for (const auto& value : list->get_array()) {
    auto key = read_key(value);
    if (!key) {
      std::string why = "of key " + std::to_string(keys.size() + 1);
      for (const auto& [field, message] : key.error().fields) why += fmt::format(", {} {}", field, message);
      return fail(not_a_key_file(why + "."));
    }
    keys.push_back(*std::move(key));
  }
  if (keys.empty() || keys.size() > KeySet::most_keys)
    return fail(not_a_key_file(fmt::format("it must hold 1 to {} keys.", KeySet::most_keys)));
  if (!std::ranges::is_sorted(keys, {}, &TokenKey::signs_from))
    return fail(not_a_key_file("its keys must stand in the order of signs_from."));
  return keys;
}

}  // namespace

Status check_secret(std::string_view secret) {
  if (secret.size() >= min_secret_bytes) return {};
  return fail(
      ErrorCode::validation_failed,
      fmt::format("The JWT secret is {} bytes long; it needs at least {}, e.g. from: openssl rand -hex 32",
                  secret.size(), min_secret_bytes));
}

std::string new_secret() {
  std::string bytes(random_secret_bytes, '\0');
  random_bytes(bytes.data(), bytes.size());
  return hex_encode(bytes);
}

KeySet::KeySet(std::vector<TokenKey> keys) : keys_(std::move(keys)) {
  keys_.back().valid_until.reset();
}

Result<KeySet> KeySet::of_secret(std::string secret) {
  CLOUDCART_CHECK(check_secret(secret));
  std::vector<TokenKey> keys;
  keys.push_back(make_key(std::move(secret), from_unix_ms(0), std::nullopt));
  return KeySet{std::move(keys)};
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const auto content = trim(text);
  if (!content.starts_with('{')) return of_secret(std::string{trim(split(content, '\n').front())});
  CLOUDCART_TRY(auto keys, read_keys(content));
  return KeySet{std::move(keys)};
}

std::string KeySet::to_text() const {
  JsonWriter json;
  json.begin_object().key("keys").begin_array();
  for (const auto& key : keys_) {
    json.begin_object().field("secret", key.secret).field("signs_from", key.signs_from);
    json.field("valid_until", key.valid_until).end_object();
  }
  json.end_array().end_object();
  return std::move(json).str() + "\n";
}

const TokenKey& KeySet::signer(Timestamp now) const {
  const auto signs = [now](const TokenKey& key) { return key.signs_from <= now && key.is_valid(now); };
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key)
    if (signs(*key)) return *key;
  // The clock of this machine is behind that of the one where keys were rotated.
  return keys_.front();
}

Result<KeySet> KeySet::rotated(std::string secret, Timestamp now, milliseconds lead,
                               seconds token_life) const {
  CLOUDCART_CHECK(check_secret(secret));
  // Not before one that is still to come, which may be known already.
  const auto signs_from = std::max(now + lead, keys_.back().signs_from);
  const auto last_expiry = signs_from + token_life + clock_tolerance;
  std::vector<TokenKey> kept;
  for (auto key : keys_) {
    if (!key.is_valid(now)) continue;
    key.valid_until = std::min(key.valid_until.value_or(last_expiry), last_expiry);
    kept.push_back(std::move(key));
  }
  if (kept.size() == most_keys)
    return fail(
        ErrorCode::conflict,
        fmt::format("There are {} keys already whose tokens may still be in use; revoke one, or wait.",
                    most_keys));
  kept.push_back(make_key(std::move(secret), signs_from, std::nullopt));
  return KeySet{std::move(kept)};
}

Result<KeySet> KeySet::without(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &TokenKey::id);
  if (found == keys_.end()) return fail(Error::not_found(fmt::format("The key {} was", id)));
  if (std::next(found) == keys_.end())
    return fail(ErrorCode::conflict, fmt::format("{} is the newest key; rotate first, then revoke it.", id));
  auto kept = keys_;
  std::erase_if(kept, [&](const TokenKey& key) { return key.id == id; });
  return KeySet{std::move(kept)};
}

KeySet KeySet::newest_alone(Timestamp now) const {
  auto newest = keys_.back();
  newest.signs_from = std::min(newest.signs_from, now);
  std::vector<TokenKey> kept{std::move(newest)};
  return KeySet{std::move(kept)};
}

}  // namespace cloudcart::auth
