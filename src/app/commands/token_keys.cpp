#include <cstdio>

#include <fmt/format.h>

#include "app/commands/audit_command.h"
#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "audit/entry.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

int refuse(const Error& error) {
  print_error(error);
  return error.code == ErrorCode::unavailable ? exit_unusable : exit_failed;
}

/// Nullopt, said on stderr, where no file holds the keys.
std::optional<auth::KeyFile> file_of(const Config& config) {
  auto file = key_file_of(config);
  if (!file)
    fmt::print(
        stderr,
        "cloudcart: auth.jwt_secret is set, which is one key for ever; put it into a file and name that by "
        "auth.jwt_secret_file.\n");
  return file;
}

std::string_view state_of(const auth::TokenKey& key, const auth::KeySet& keys, Timestamp now) {
  if (!key.is_valid(now)) return "ended";
  if (&key == &keys.signer(now)) return "signs";
  return key.signs_from > now ? "coming" : "checks";
}

void print(const auth::KeySet& keys, Timestamp now) {
  JsonWriter json;
  json.begin_object().key("keys").begin_array();
  for (const auto& key : keys.keys()) {
    json.begin_object().field("kid", key.id).field("state", state_of(key, keys, now));
    json.field("signs_from", key.signs_from).field("valid_until", key.valid_until).end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", json.str());
}

using Change = std::function<Result<auth::KeySet>(const auth::KeySet&)>;

/// Recorded before it is done, and how it ended.
int change_keys(const Config& config, const std::string& action, const std::string& target,
                const Change& change) {
  const auto file = file_of(config);
  if (!file) return exit_unusable;
  Ground ground(config);
  const auto begun = record_in_audit(ground, action, target, std::string{audit::outcome_begun});
  const bool has_trail = begun || begun.error().code != ErrorCode::not_found;
  if (!begun && has_trail) return refuse(begun.error());
  if (!has_trail)
    fmt::print(stderr, "cloudcart: not in the audit trail: there is no shop in this data folder.\n");

  const auto changed = file->change(change);
  const auto outcome = changed ? audit::outcome_done : to_string(changed.error().code);
  if (has_trail) {
    const auto& kid = changed ? changed->keys().back().id : target;
    auto ended = record_in_audit(ground, action, kid, std::string{outcome});
    // Whoever serves may have read the new keys by now, and take nothing that an older one signed.
    if (changed && !ended && ended.error().code == ErrorCode::unauthenticated) {
      ground.keys->replace(*changed);
      ended = record_in_audit(ground, action, kid, std::string{outcome});
    }
    if (!ended) print_error(ended.error());
  }
  if (!changed) return refuse(changed.error());
  print(*changed, ground.clock.now());
  return exit_ok;
}

}  // namespace

int list_keys(const Config& config) {
  const auto file = file_of(config);
  if (!file) return exit_unusable;
  const auto keys = file->read();
  if (!keys) return refuse(keys.error());
  print(*keys, SystemClock{}.now());
  return exit_ok;
}

int rotate_keys(const Config& config, const RotateKeysCommand& options) {
  const SystemClock clock;
  return change_keys(config, "keys.rotate", "", [&](const auth::KeySet& keys) -> Result<auth::KeySet> {
    const auto lead = options.revoke_older ? milliseconds{0} : options.lead;
    auto rotated = keys.rotated(auth::new_secret(), clock.now(), lead, config.auth.jwt_expire);
    if (rotated && options.revoke_older) return rotated->newest_alone(clock.now());
    return rotated;
  });
}

int revoke_key(const Config& config, const std::string& kid) {
  return change_keys(config, "keys.revoke", kid, [&](const auth::KeySet& keys) { return keys.without(kid); });
}

}  // namespace cloudcart::app
