#include "app/config/setting_kinds.h"
#include "app/config/setting_tables.h"

namespace cloudcart::app {
namespace {

Refusal assign_event_retention(Config& config, const std::string& text) {
  config.order.event_retention.reset();
  if (text == "forever") return std::nullopt;
  std::chrono::hours keep{};
  if (parse_duration(text, keep) || keep < std::chrono::hours{1})
    return "forever, or a duration of at least 1h, like 90d";
  config.order.event_retention = keep;
  return std::nullopt;
}

/// Any time is safe; one that is shorter than requests take refuses orders that are only slow.
Setting reservation_timeout_setting() {
  return {"product.reservation_timeout",
          "How long stock is kept for an order that does not come; longer than http.request_timeout",
          [](Config& config, const std::string& text) -> Refusal {
            milliseconds value{};
            if (auto refusal = parse_duration(text, value)) return refusal;
            if (value < seconds{1}) return "a duration of at least 1s";
            config.product.reservation_timeout = value;
            return std::nullopt;
          }};
}

Refusal assign_settling(Config& config, const std::string& text) {
  return parse_duration(text, config.privacy.settling.emplace());
}

}  // namespace

void add_shop_settings(std::vector<Setting>& all) {
  all.push_back(text_setting("shop.name", "The shop's name", [](Config& c) -> auto& { return c.shop.name; }));
  all.push_back(text_setting("shop.currency", "The shop's currency, ISO 4217",
                             [](Config& c) -> auto& { return c.shop.currency; }));
  all.push_back(text_setting("shop.time_zone", "The shop's time zone, an IANA name; a day is a day there",
                             [](Config& c) -> auto& { return c.shop.time_zone; }));
}

void add_auth_settings(std::vector<Setting>& all) {
  all.push_back(text_setting(
      "auth.jwt_secret",
      "Secret that signs tokens, at least 32 characters; better from the environment than from a file",
      [](Config& c) -> auto& { return c.auth.jwt_secret; }));
  all.push_back(path_setting("auth.jwt_secret_file",
                             "File that holds the secret, or the keys of 'cloudcart keys' (default: "
                             "jwt.secret in the data folder, made at first start)",
                             [](Config& c) -> auto& { return c.auth.jwt_secret_file; }));
  all.push_back(duration_setting<milliseconds>(
      "auth.key_reload", "How often that file is read again, so that new keys are known",
      [](Config& c) -> auto& { return c.auth.key_reload; }));
  all.push_back(duration_setting<milliseconds>(
      "auth.revocations_stale_after",
      "How long tokens are taken while the user service does not tell which have ended; then all are refused",
      [](Config& c) -> auto& { return c.auth.revocations_stale_after; }));
  all.push_back(duration_setting<seconds>("auth.jwt_expire", "Life of an access token",
                                          [](Config& c) -> auto& { return c.auth.jwt_expire; }));
  all.push_back(
      text_setting("auth.issuer", "The iss claim", [](Config& c) -> auto& { return c.auth.issuer; }));
  all.push_back(
      text_setting("auth.audience", "The aud claim", [](Config& c) -> auto& { return c.auth.audience; }));
  all.push_back(integer_setting<int>(
      "auth.bcrypt_cost", "Cost of password hashes; each step doubles the time",
      [](Config& c) -> auto& { return c.auth.bcrypt_cost; }, 4, 16));
}

void add_order_settings(std::vector<Setting>& all) {
  all.push_back({"order.event_retention",
                 "How long the event log keeps every event of a finished order, 1h at least; after it, the "
                 "first, its shipping and the last (default: forever)",
                 assign_event_retention});
  all.push_back(reservation_timeout_setting());
}

void add_privacy_settings(std::vector<Setting>& all) {
  all.push_back(
      {"privacy.settling",
       "How long after an account was erased orders and experiments are looked through for what was still "
       "done with its tokens, before the erasure is done (default, and the least: "
       "auth.revocations_stale_after + http.request_timeout + 5s)",
       assign_settling});
  all.push_back(duration_setting<milliseconds>(
      "privacy.retry", "How often an erasure that waits, for open orders or privacy.settling, is tried again",
      [](Config& c) -> auto& { return c.privacy.retry; }));
}

void add_alert_settings(std::vector<Setting>& all) {
  all.push_back(
      boolean_setting("alerts.allow_private_addresses",
                      "Whether webhooks may go to this machine and its network; link-local addresses are "
                      "refused in any case",
                      [](Config& c) -> auto& { return c.alerts.allow_private_addresses; }));
  all.push_back(path_setting("alerts.ca_file",
                             "PEM file of authorities whose certificates webhooks trust beside the system's",
                             [](Config& c) -> auto& { return c.alerts.ca_file; }));
  all.push_back(duration_setting<milliseconds>("alerts.attempt_timeout", "Time limit of a call to a webhook",
                                               [](Config& c) -> auto& { return c.alerts.attempt_timeout; }));
  all.push_back(duration_setting<milliseconds>(
      "alerts.retry_delay",
      "Pause before a failed call to a webhook is tried again; grows threefold up to 1h",
      [](Config& c) -> auto& { return c.alerts.retry_delay; }));
  all.push_back(integer_setting<std::uint64_t>(
      "alerts.attempts", "Calls to a webhook before an event is given up",
      [](Config& c) -> auto& { return c.alerts.attempts; }, 1, 100));
}

}  // namespace cloudcart::app
