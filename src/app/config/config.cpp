#include "app/config/config.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/config/setting_file.h"
#include "app/config/setting_tables.h"
#include "app/config/toml.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

constexpr std::array<std::string_view, 5> service_words{"user", "product", "order", "analytics", "gateway"};

/// What a variable ends with that names a file instead of saying the text.
constexpr std::string_view file_suffix = "_FILE";

/// In the order in which they are listed.
std::vector<Setting> make_settings() {
  std::vector<Setting> all;
  for (const auto add :
       {add_place_settings, add_upstream_settings, add_shop_settings, add_auth_settings, add_order_settings,
        add_privacy_settings, add_http_settings, add_tls_settings, add_limit_settings, add_runtime_settings,
        add_overload_settings, add_cache_settings, add_postgres_settings, add_clickhouse_settings,
        add_kafka_settings, add_alert_settings, add_tracing_settings, add_log_settings})
    add(all);
  return all;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(settings(), key, &Setting::key);
  return found == settings().end() ? nullptr : &*found;
}

Error refused(std::string_view place, std::string_view key, std::string_view why) {
  return {ErrorCode::validation_failed, fmt::format("{}: {} {}.", place, key, why), {}};
}

Status assign(Config& config, std::string_view place, std::string_view key, const std::string& text) {
  const auto* setting = find_setting(key);
  if (!setting) {
    std::vector<std::string_view> known;
    for (const auto& each : settings()) known.push_back(each.key);
    return fail(refused(place, key, fmt::format("is no setting; there are {}", fmt::join(known, ", "))));
  }
  if (const auto accepted = setting->assign(config, text))
    return fail(refused(place, key, "must be " + *accepted));
  return {};
}

/// The text form of a TOML value; arrays become comma-separated lists.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* fraction = node.as_floating_point()) return fmt::format("{}", fraction->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  const auto* array = node.as_array();
  if (!array) return std::nullopt;
  std::vector<std::string> parts;
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (!text) return std::nullopt;
    parts.push_back(text->get());
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

Status assign_table(Config& config, const std::string& place, const toml::table& table,
                    const std::string& prefix) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string{name.str()};
    if (const auto* inner = node.as_table(); inner && prefix.empty()) {
      CLOUDCART_CHECK(assign_table(config, place, *inner, key + "."));
      continue;
    }
    const auto text = text_of(node);
    if (!text)
      return fail(refused(fmt::format("{}:{}", place, node.source().begin.line), key,
                          "has a value of the wrong type"));
    CLOUDCART_CHECK(assign(config, fmt::format("{}:{}", place, node.source().begin.line), key, *text));
  }
  return {};
}

Status assign_file(Config& config, const std::filesystem::path& file) {
  const auto parsed = toml::parse_file(file.string());
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(ErrorCode::validation_failed,
                fmt::format("{}:{}: {}.", file.string(), error.source().begin.line, error.description()));
  }
  return assign_table(config, file.string(), parsed.table(), "");
}

/// Whether a variable begins as those of a section do: then it is meant for the program, and misspelt.
bool names_a_section(std::string_view variable) {
  return std::ranges::any_of(settings(), [&](const Setting& setting) {
    const auto section = ascii_upper(std::string_view{setting.key}.substr(0, setting.key.find('.')));
    return setting.key.contains('.') && variable.starts_with(section + '_');
  });
}

const Setting* find_variable(std::string_view variable) {
  const auto found = std::ranges::find(settings(), variable, &Setting::variable);
  return found == settings().end() ? nullptr : &*found;
}

/// The setting whose text is in the file that the variable names; null where it names none. A setting that is called so
/// itself, as auth.jwt_secret_file, is not meant.
const Setting* find_file_variable(std::string_view variable) {
  return variable.ends_with(file_suffix)
             ? find_variable(variable.substr(0, variable.size() - file_suffix.size()))
             : nullptr;
}

Status assign_from_file(Config& config, const Setting& setting, const std::string& variable,
                        const std::string& path, const std::vector<std::string>& environment) {
  const auto itself = setting.variable();
  if (std::ranges::any_of(environment, [&](const auto& entry) { return entry.starts_with(itself + '='); }))
    return fail(refused("environment", variable, fmt::format("is set, and {} too: remove one", itself)));
  const auto text = read_setting_file(path);
  if (!text) return fail(refused("environment", variable, text.error().message));
  return assign(config, fmt::format("{} ({})", path, variable), setting.key, *text);
}

Status assign_environment(Config& config, const std::vector<std::string>& environment) {
  constexpr std::string_view prefix = "CLOUDCART_";
  for (const auto& entry : environment) {
    if (!entry.starts_with(prefix)) continue;
    const auto equals = std::min(entry.find('='), entry.size());
    const std::string variable = entry.substr(0, equals);
    const std::string text = equals < entry.size() ? entry.substr(equals + 1) : "";
    if (const auto* setting = find_variable(variable)) {
      CLOUDCART_CHECK(assign(config, "environment", setting->key, text));
    } else if (const auto* in_file = find_file_variable(variable)) {
      CLOUDCART_CHECK(assign_from_file(config, *in_file, variable, text, environment));
    } else if (names_a_section(std::string_view{variable}.substr(prefix.size()))) {
      return fail(refused("environment", variable, "is no setting; 'cloudcart settings' lists them"));
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(Service service) {
  return service_words[static_cast<std::size_t>(service)];
}

std::optional<Service> parse_service(std::string_view word) {
  const auto found = std::ranges::find(service_words, word);
  if (found == service_words.end()) return std::nullopt;
  return static_cast<Service>(found - service_words.begin());
}

std::string Setting::variable() const {
  std::string name = "CLOUDCART_" + ascii_upper(key);
  std::ranges::replace(name, '.', '_');
  return name;
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = make_settings();
  return all;
}

Result<Config> load_config(const std::optional<std::filesystem::path>& file,
                           const std::vector<std::string>& environment,
                           const std::vector<std::pair<std::string, std::string>>& flags) {
  Config config;
  if (file) CLOUDCART_CHECK(assign_file(config, *file));
  CLOUDCART_CHECK(assign_environment(config, environment));
  for (const auto& [key, text] : flags) CLOUDCART_CHECK(assign(config, "command line", key, text));
  CLOUDCART_CHECK(shop_of(config));
  if (!config.auth.jwt_secret.empty() && config.auth.jwt_secret.size() < 32)
    return fail(refused("settings", "auth.jwt_secret", "must have at least 32 characters"));
  if (!config.postgres.replica_url.empty() && config.postgres.url.empty())
    return fail(refused("settings", "postgres.replica_url", "must come with postgres.url"));
  if (config.kafka.user.empty() != config.kafka.password.empty())
    return fail(refused("settings", "kafka.user", "must come with kafka.password, and the other way round"));
  if (config.tls.certificate.empty() != config.tls.key.empty())
    return fail(refused("settings", config.tls.key.empty() ? "tls.key" : "tls.certificate",
                        "must be set too: a certificate and its key belong together"));
  if (config.lame_duck() >= config.runtime.drain_timeout)
    return fail(refused("settings", "runtime.lame_duck", "must be shorter than runtime.drain_timeout"));
  if (config.settling() < config.least_settling())
    return fail(
        refused("settings", "privacy.settling",
                fmt::format("must be at least {}ms, which is auth.revocations_stale_after + "
                            "http.request_timeout + 5s: leave it out, make it longer or make those shorter",
                            config.least_settling().count())));
  return config;
}

Result<Shop> shop_of(const Config& config) {
  const auto currency = Currency::parse(config.shop.currency);
  if (!currency)
    return fail(refused("settings", "shop.currency", "must be an ISO 4217 code with two decimals, like GBP"));
  auto zone = TimeZone::load(config.shop.time_zone);
  if (!zone) return fail(refused("settings", "shop.time_zone", "must be an IANA name, like Europe/London"));
  return Shop{.tenant = {}, .name = config.shop.name, .currency = *currency, .time_zone = *std::move(zone)};
}

}  // namespace cloudcart::app
