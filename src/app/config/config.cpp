#include "app/config/config.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "adapters/migrations/migrations.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

constexpr std::array<std::string_view, 5> service_words{"user", "product", "order", "analytics", "gateway"};

using Refusal = std::optional<std::string>;

template <class Integer>
Refusal parse_integer(const std::string& text, Integer& out, std::uint64_t min, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number < min || number > max)
    return fmt::format("an integer from {} to {}", min, max);
  out = static_cast<Integer>(number);
  return std::nullopt;
}

Refusal parse_boolean(const std::string& text, bool& out) {
  if (text != "true" && text != "false") return "true or false";
  out = text == "true";
  return std::nullopt;
}

/// "500ms", "30s", "15m", "24h", "90d", or a bare number of seconds.
template <class Duration>
Refusal parse_duration(const std::string& text, Duration& out) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit{end, text.data() + text.size()};
  constexpr std::string_view accepted = "a duration like 500ms, 30s, 15m, 24h or 90d";
  if (failure != std::errc{} || number < 1 || number > 10'000'000) return std::string{accepted};
  milliseconds value;
  if (unit == "ms")
    value = milliseconds{number};
  else if (unit.empty() || unit == "s")
    value = seconds{number};
  else if (unit == "m")
    value = std::chrono::minutes{number};
  else if (unit == "h")
    value = std::chrono::hours{number};
  else if (unit == "d")
    value = std::chrono::days{number};
  else
    return std::string{accepted};
  out = std::chrono::duration_cast<Duration>(value);
  return std::nullopt;
}

Setting text_setting(std::string key, std::string help, std::function<std::string&(Config&)> member) {
  return {std::move(key), std::move(help), [member](Config& config, const std::string& text) -> Refusal {
            if (text.empty()) return "text that is not empty";
            member(config) = text;
            return std::nullopt;
          }};
}

/// A setting that takes one of `words`.
Setting word_setting(std::string key, std::string help, std::vector<std::string> words,
                     std::function<std::string&(Config&)> member) {
  return {std::move(key), std::move(help),
          [words = std::move(words), member](Config& config, const std::string& text) -> Refusal {
            if (std::ranges::find(words, text) == words.end())
              return fmt::format("one of {}", fmt::join(words, ", "));
            member(config) = text;
            return std::nullopt;
          }};
}

template <class Integer>
Setting integer_setting(std::string key, std::string help, std::function<Integer&(Config&)> member,
                        std::uint64_t min, std::uint64_t max) {
  return {std::move(key), std::move(help), [member, min, max](Config& config, const std::string& text) {
            return parse_integer(text, member(config), min, max);
          }};
}

template <class Duration>
Setting duration_setting(std::string key, std::string help, std::function<Duration&(Config&)> member) {
  return {std::move(key), std::move(help),
          [member](Config& config, const std::string& text) { return parse_duration(text, member(config)); }};
}

/// A duration, or 0 for none.
Refusal parse_pause(const std::string& text, milliseconds& out) {
  if (text != "0" && text != "0s" && text != "0ms") {
    const auto refusal = parse_duration(text, out);
    return refusal ? std::optional{"0 or " + *refusal} : std::nullopt;
  }
  out = milliseconds{0};
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

Setting boolean_setting(std::string key, std::string help, std::function<bool&(Config&)> member) {
  return {std::move(key), std::move(help),
          [member](Config& config, const std::string& text) { return parse_boolean(text, member(config)); }};
}

Setting path_setting(std::string key, std::string help,
                     std::function<std::filesystem::path&(Config&)> member) {
  return {std::move(key), std::move(help), [member](Config& config, const std::string& text) -> Refusal {
            if (text.empty()) return "a path";
            member(config) = text;
            return std::nullopt;
          }};
}

Setting port_setting(std::string name, std::uint16_t Config::Ports::* member) {
  return integer_setting<std::uint16_t>(
      "ports." + name, fmt::format("Port of {} (0: any free one)", name),
      [member](Config& config) -> std::uint16_t& { return config.ports.*member; }, 0, 65535);
}

Setting upstream_setting(Service service) {
  return {fmt::format("upstreams.{}", to_string(service)),
          fmt::format("Address of the {} service when another process runs it, http://host:port; those of "
                      "several processes of it separated by commas",
                      to_string(service)),
          [service](Config& config, const std::string& text) -> Refusal {
            std::vector<std::string> addresses;
            for (const auto part : split(text, ',')) {
              const std::string address{trim(part)};
              if (!address.starts_with("http://") || std::ranges::find(addresses, address) != addresses.end())
                return "an address like http://127.0.0.1:3001, or several, each once, separated by commas";
              addresses.push_back(address);
            }
            config.upstreams[service] = std::move(addresses);
            return std::nullopt;
          }};
}

void add_upstream_settings(std::vector<Setting>& all) {
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics})
    all.push_back(upstream_setting(service));
  all.push_back(integer_setting<std::uint64_t>(
      "upstreams.max_connections",
      "Connections to each process that is asked, kept ones included; streams do not count",
      [](Config& c) -> auto& { return c.upstream.max_connections; }, 1, 100'000));
  all.push_back(integer_setting<std::uint64_t>(
      "upstreams.max_waiting", "Requests that may wait for one of them; more are answered 503 at once",
      [](Config& c) -> auto& { return c.upstream.max_waiting; }, 0, 1'000'000));
  all.push_back(
      {"upstreams.hedge_after",
       "After what time the gateway asks a second process for a read that has no answer yet, where a "
       "service has several; 0: never (default). Best a little above what nearly all reads take",
       [](Config& config, const std::string& text) {
         return parse_pause(text, config.upstream.hedge_after);
       }});
}

Refusal assign_lame_duck(Config& config, const std::string& text) {
  return parse_pause(text, config.runtime.lame_duck.emplace());
}

bool is_host_and_port(std::string_view address) {
  const auto colon = address.rfind(':');
  std::uint16_t port = 0;
  return colon != std::string_view::npos && colon != 0 &&
         !parse_integer(std::string{address.substr(colon + 1)}, port, 1, 65535);
}

Refusal assign_redis(Config& config, const std::string& text) {
  config.cache.redis = parse_server_address(text, redis_schemes);
  if (!config.cache.redis)
    return "an address like 127.0.0.1:6379 or rediss://user:password@cache.example:6380";
  return std::nullopt;
}

Refusal assign_postgres_url(std::string& url, const std::string& text) {
  if (!text.starts_with("postgresql://") && !text.starts_with("postgres://"))
    return "an address like postgresql://user@127.0.0.1:5432/cloudcart";
  url = text;
  return std::nullopt;
}

/// Of what is a schema's name without quotes, and leaves room for the service's.
Refusal assign_schema_prefix(Config& config, const std::string& text) {
  constexpr std::size_t longest = 40;
  const bool is_name = !text.empty() && text.size() <= longest && text[0] >= 'a' && text[0] <= 'z' &&
                       text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!is_name) return "1 to 40 of a-z, 0-9 and _, a letter first";
  config.postgres.schema_prefix = text;
  return std::nullopt;
}

void add_postgres_settings(std::vector<Setting>& all) {
  all.push_back(
      {"postgres.url",
       "PostgreSQL 14 or newer that keeps users, products, orders, alerts and experiments, "
       "postgresql://user@host:port/database;"
       " with a password better by the environment (default: files of the data folder)",
       [](Config& c, const std::string& text) { return assign_postgres_url(c.postgres.url, text); }});
  all.push_back(
      {"postgres.schema_prefix", "What the names of the schemas there begin with", assign_schema_prefix});
  all.push_back(integer_setting<uint64_t>(
      "postgres.pool_size", "Connections that each service keeps to it",
      [](Config& c) -> auto& { return c.postgres.pool_size; }, 1, 1000));
  all.push_back(
      {"postgres.replica_url",
       "Hot standby of it for heavy reads (lists of products, of all orders, sums over orders, the log's "
       "past), which "
       "see everything that was answered before: a read waits until the standby is as far as the server, and "
       "asks "
       "the server when it is not in time, or fails; as many connections again (default: none)",
       [](Config& c, const std::string& text) { return assign_postgres_url(c.postgres.replica_url, text); }});
  all.push_back(duration_setting<milliseconds>("postgres.replica_wait",
                                               "How long such a read waits for the standby",
                                               [](Config& c) -> auto& { return c.postgres.replica_wait; }));
}

Refusal assign_clickhouse_url(Config& config, const std::string& text) {
  if (!text.starts_with("http://")) return "an address like http://user@127.0.0.1:8123";
  config.clickhouse.url = text;
  return std::nullopt;
}

Refusal assign_clickhouse_database(Config& config, const std::string& text) {
  if (!migrations::is_name(text)) return "1 to 63 of a-z, 0-9 and _, no digit first";
  config.clickhouse.database = text;
  return std::nullopt;
}

void add_clickhouse_settings(std::vector<Setting>& all) {
  all.push_back(
      {"clickhouse.url",
       "ClickHouse that keeps the facts of analytics, http://user@host:port; with a password better by "
       "the environment (default: a file of the data folder)",
       assign_clickhouse_url});
  all.push_back(
      {"clickhouse.database", "Database there; made when it is not there", assign_clickhouse_database});
  all.push_back(integer_setting<uint64_t>(
      "clickhouse.memory_bytes",
      "Memory in which each analytics process keeps the facts to answer from, about 300 bytes for an order "
      "of "
      "three lines; a shop that needs more is answered by ClickHouse itself, which takes longer. 0: always",
      [](Config& c) -> auto& { return c.clickhouse.memory_bytes; }, 0, 1ULL << 44));
}

Refusal assign_brokers(Config& config, const std::string& text) {
  const auto brokers = split(text, ',');
  if (!std::ranges::all_of(brokers, [](std::string_view each) { return is_host_and_port(trim(each)); }))
    return "an address like 127.0.0.1:9092, or several separated by commas";
  config.kafka.brokers = text;
  return std::nullopt;
}

/// Of what may stand in the name of a topic.
Refusal assign_topic_prefix(Config& config, const std::string& text) {
  constexpr std::size_t longest = 100;
  constexpr auto accepted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (text.size() > longest || text.find_first_not_of(accepted) != std::string::npos)
    return "at most 100 of a-z, A-Z, 0-9, '.', '_' and '-'";
  config.kafka.topic_prefix = text;
  return std::nullopt;
}

void add_kafka_settings(std::vector<Setting>& all) {
  all.push_back(
      {"kafka.brokers",
       "Kafka through which services follow the orders' events, host:port; several separated by commas"
       " (default: they read the order service's own log)",
       assign_brokers});
  all.push_back(boolean_setting("kafka.tls", "Whether the brokers are spoken to by TLS",
                                [](Config& c) -> auto& { return c.kafka.tls; }));
  all.push_back(path_setting(
      "kafka.ca_file",
      "File of certificates (PEM) of the authorities that are believed then, instead of the system's",
      [](Config& c) -> auto& { return c.kafka.ca_file; }));
  all.push_back(text_setting("kafka.user", "Who signs in at the brokers, by SASL (default: nobody)",
                             [](Config& c) -> auto& { return c.kafka.user; }));
  all.push_back(text_setting("kafka.password", "The password for it, better by the environment",
                             [](Config& c) -> auto& { return c.kafka.password; }));
  all.push_back(word_setting("kafka.sasl_mechanism", "How the password is shown",
                             {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
                             [](Config& c) -> auto& { return c.kafka.sasl_mechanism; }));
  all.push_back({"kafka.topic_prefix", "What the names of the topics begin with", assign_topic_prefix});
  all.push_back(integer_setting<int>(
      "kafka.partitions", "Partitions of topics that are made",
      [](Config& c) -> auto& { return c.kafka.partitions; }, 1, 1000));
  all.push_back(integer_setting<int>(
      "kafka.replication_factor", "Brokers that keep a copy of topics that are made",
      [](Config& c) -> auto& { return c.kafka.replication_factor; }, 1, 100));
}

Refusal assign_services(Config& config, const std::string& text) {
  for (const auto word : split(text, ',')) {
    const auto service = parse_service(trim(word));
    if (!service) return "some of user, product, order, analytics, gateway";
    config.services.insert(*service);
  }
  return std::nullopt;
}

Refusal assign_origins(Config& config, const std::string& text) {
  config.http.allowed_origins.clear();
  for (const auto origin : split(text, ',')) {
    const auto trimmed = trim(origin);
    const auto scheme_end = trimmed.find("://");
    if (scheme_end == std::string_view::npos || trimmed.find('/', scheme_end + 3) != std::string_view::npos ||
        trimmed.find('*') != std::string_view::npos)
      return "exact origins like https://shop.example, separated by commas";
    config.http.allowed_origins.emplace_back(trimmed);
  }
  return std::nullopt;
}

Refusal assign_event_retention(Config& config, const std::string& text) {
  config.order.event_retention.reset();
  if (text == "forever") return std::nullopt;
  std::chrono::hours keep{};
  if (parse_duration(text, keep) || keep < std::chrono::hours{1})
    return "forever, or a duration of at least 1h, like 90d";
  config.order.event_retention = keep;
  return std::nullopt;
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

void add_stop_settings(std::vector<Setting>& all) {
  all.push_back(duration_setting<milliseconds>(
      "runtime.drain_timeout", "How long a stop may take until requests that are still under way are cut off",
      [](Config& c) -> auto& { return c.runtime.drain_timeout; }));
  all.push_back(
      {"runtime.lame_duck",
       "How much of that a process goes on serving while /ready says that it stops, so that those who "
       "balance over several notice (default: 2500ms, and 0 where all services are in one process)",
       assign_lame_duck});
}

std::vector<Setting> make_settings() {
  using std::uint64_t;
  std::vector<Setting> all;
  all.push_back(path_setting("data_dir", "Folder of the embedded stores",
                             [](Config& c) -> auto& { return c.data_dir; }));
  all.push_back(text_setting("bind", "IP address to listen on", [](Config& c) -> auto& { return c.bind; }));
  all.push_back({"services", "Which services this process runs (default: all)", assign_services});
  all.push_back(port_setting("user", &Config::Ports::user));
  all.push_back(port_setting("product", &Config::Ports::product));
  all.push_back(port_setting("order", &Config::Ports::order));
  all.push_back(port_setting("analytics", &Config::Ports::analytics));
  all.push_back(port_setting("gateway", &Config::Ports::gateway));
  all.push_back(port_setting("dashboard", &Config::Ports::dashboard));
  add_upstream_settings(all);
  all.push_back(text_setting("shop.name", "The shop's name", [](Config& c) -> auto& { return c.shop.name; }));
  all.push_back(text_setting("shop.currency", "The shop's currency, ISO 4217",
                             [](Config& c) -> auto& { return c.shop.currency; }));
  all.push_back(text_setting("shop.time_zone", "The shop's time zone, an IANA name; a day is a day there",
                             [](Config& c) -> auto& { return c.shop.time_zone; }));
  all.push_back(text_setting(
      "auth.jwt_secret",
      "Secret that signs tokens, at least 32 characters; better from the environment than from a file",
      [](Config& c) -> auto& { return c.auth.jwt_secret; }));
  all.push_back(
      path_setting("auth.jwt_secret_file",
                   "File that holds the secret (default: jwt.secret in the data folder, made at first start)",
                   [](Config& c) -> auto& { return c.auth.jwt_secret_file; }));
  all.push_back(duration_setting<seconds>("auth.jwt_expire", "Life of an access token",
                                          [](Config& c) -> auto& { return c.auth.jwt_expire; }));
  all.push_back(
      text_setting("auth.issuer", "The iss claim", [](Config& c) -> auto& { return c.auth.issuer; }));
  all.push_back(
      text_setting("auth.audience", "The aud claim", [](Config& c) -> auto& { return c.auth.audience; }));
  all.push_back(integer_setting<int>(
      "auth.bcrypt_cost", "Cost of password hashes; each step doubles the time",
      [](Config& c) -> auto& { return c.auth.bcrypt_cost; }, 4, 16));
  all.push_back({"order.event_retention",
                 "How long the event log keeps every event of a finished order, 1h at least; after it, the "
                 "first, its shipping and the last (default: forever)",
                 assign_event_retention});
  all.push_back(duration_setting<milliseconds>("http.request_timeout", "Time limit of a request",
                                               [](Config& c) -> auto& { return c.http.request_timeout; }));
  all.push_back(integer_setting<uint64_t>(
      "http.max_body_bytes", "Largest request body", [](Config& c) -> auto& { return c.http.max_body_bytes; },
      1024, 1 << 30));
  all.push_back(integer_setting<uint64_t>(
      "http.max_connections", "Connections per port",
      [](Config& c) -> auto& { return c.http.max_connections; }, 1, 1'000'000));
  all.push_back({"http.allowed_origins",
                 "Origins of other sites that may call from a browser, separated by commas", assign_origins});
  all.push_back(reservation_timeout_setting());
  all.push_back(integer_setting<uint64_t>(
      "runtime.event_loops", "Threads for network work (0: one per core, at most 8)",
      [](Config& c) -> auto& { return c.runtime.event_loops; }, 0, 64));
  all.push_back(integer_setting<uint64_t>(
      "runtime.reader_threads", "Threads for reads from the stores",
      [](Config& c) -> auto& { return c.runtime.reader_threads; }, 1, 64));
  all.push_back(integer_setting<uint64_t>(
      "runtime.hashing_threads", "Threads for password hashing",
      [](Config& c) -> auto& { return c.runtime.hashing_threads; }, 1, 64));
  add_stop_settings(all);
  all.push_back(integer_setting<uint64_t>(
      "cache.max_bytes", "Memory of the in-process cache",
      [](Config& c) -> auto& { return c.cache.max_bytes; }, 1 << 16, 1ULL << 40));
  all.push_back({"cache.redis",
                 "Redis that all product processes share, host:port or redis[s]://user:password@host:port, "
                 "rediss for TLS; with"
                 " a password better by the environment (default: a cache in the process)",
                 assign_redis});
  all.push_back(path_setting("cache.redis_ca_file",
                             "File of certificates (PEM) of authorities that are believed beside the "
                             "system's when Redis is asked by TLS",
                             [](Config& c) -> auto& { return c.cache.redis_ca_file; }));
  all.push_back(text_setting("cache.key_prefix", "What keys in Redis begin with",
                             [](Config& c) -> auto& { return c.cache.key_prefix; }));
  add_postgres_settings(all);
  add_clickhouse_settings(all);
  add_kafka_settings(all);
  add_alert_settings(all);
  all.push_back(word_setting("log.level", "How much is logged",
                             {"trace", "debug", "info", "warn", "error", "off"},
                             [](Config& c) -> auto& { return c.log.level; }));
  all.push_back(word_setting("log.format", "JSON lines, text, or auto: text on a terminal",
                             {"auto", "json", "text"}, [](Config& c) -> auto& { return c.log.format; }));
  all.push_back(boolean_setting("log.access", "One line for each request",
                                [](Config& c) -> auto& { return c.log.access; }));
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

bool names_a_section(std::string_view variable) {
  for (const auto section : {"PORTS_", "UPSTREAMS_", "SHOP_", "AUTH_", "ORDER_", "HTTP_", "PRODUCT_",
                             "RUNTIME_", "CACHE_", "KAFKA_", "ALERTS_", "LOG_"})
    if (variable.starts_with(section)) return true;
  return false;
}

Status assign_environment(Config& config, const std::vector<std::string>& environment) {
  constexpr std::string_view prefix = "CLOUDCART_";
  for (const auto& entry : environment) {
    if (!entry.starts_with(prefix)) continue;
    const auto equals = entry.find('=');
    const std::string variable = entry.substr(0, equals), text = entry.substr(equals + 1);
    const auto found = std::ranges::find(settings(), variable, &Setting::variable);
    if (found != settings().end()) {
      CLOUDCART_CHECK(assign(config, "environment", found->key, text));
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
  if (config.lame_duck() >= config.runtime.drain_timeout)
    return fail(refused("settings", "runtime.lame_duck", "must be shorter than runtime.drain_timeout"));
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
