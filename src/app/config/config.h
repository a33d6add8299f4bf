#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/server_address.h"
#include "core/shop.h"
#include "http/client_address.h"
#include "http/rate_limiter.h"

namespace cloudcart::app {

enum class Service : std::uint8_t { user, product, order, analytics, gateway };
constexpr std::array all_services{Service::user, Service::product, Service::order, Service::analytics,
                                  Service::gateway};
std::string_view to_string(Service service);
std::optional<Service> parse_service(std::string_view word);

struct Config {
  std::filesystem::path data_dir = "cloudcart-data";
  std::string bind = "127.0.0.1";
  std::set<Service> services;  ///< empty: all, in one process

  struct Ports {
    std::uint16_t user = 3001, product = 3002, order = 3003, analytics = 3004, gateway = 8080,
                  dashboard = 5174;
  } ports;

  /// Where services of other processes are: "http://host:port" of one process of it or of each of several.
  std::map<Service, std::vector<std::string>> upstreams;

  /// Of each process that is asked.
  struct Upstream {
    std::uint64_t max_connections = 256;
    std::uint64_t max_waiting = 1024;  ///< requests that wait for a connection
    milliseconds hedge_after{0};       ///< 0: never
  } upstream;

  struct ShopSettings {
    std::string name = "CloudCart";
    std::string currency = "GBP";
    std::string time_zone = "UTC";
  } shop;

  struct Auth {
    std::string jwt_secret;                 ///< from the environment; else the file, made at first start
    std::filesystem::path jwt_secret_file;  ///< empty: <data_dir>/jwt.secret
    milliseconds key_reload{2'000};         ///< between two looks at the file
    milliseconds revocations_stale_after{5 * 60'000};
    seconds jwt_expire{24 * 3600};
    std::string issuer = "cloudcart";
    std::string audience = "cloudcart-api";
    int bcrypt_cost = 10;
  } auth;

  struct Order {
    /// How long the event log keeps every event of a finished order; nullopt: for ever.
    std::optional<std::chrono::hours> event_retention;
  } order;

  struct Http {
    milliseconds request_timeout{10'000};
    std::uint64_t max_body_bytes = 1 << 20;
    std::uint64_t max_connections = 10'000;
    std::vector<std::string> allowed_origins;
    std::vector<http::AddressBlock> trusted_proxies;
    std::uint64_t max_held_bytes = 128 << 20;
  } http;

  /// What is refused, and when, before more comes than can be served; of a process.
  struct Overload {
    milliseconds queue_target{10};
    milliseconds queue_interval{100};
    milliseconds sign_in_target{250};
    std::uint64_t max_waiting = 1'000;
    std::uint64_t checkouts = 256, sign_ins = 32, requests = 256, analytics = 64;
  } overload;

  /// Of the gateway and the dashboard; both or neither.
  struct Tls {
    std::filesystem::path certificate, key;
  } tls;

  /// So that no client takes what is there for all.
  struct Limits {
    http::Quota requests_per_client = http::RateLimits{}.per_client;
    http::Quota requests_per_account = http::RateLimits{}.per_account;
    http::Quota costly_per_client = http::RateLimits{}.costly_per_client;
    std::uint64_t connections_per_client = 1'000;
    std::uint64_t tracked_clients = http::RateLimits{}.max_buckets;
    /// Loopback: who is on this machine can take it as a whole.
    std::vector<http::AddressBlock> exempt_clients = {http::AddressBlock::parse("127.0.0.0/8").value(),
                                                      http::AddressBlock::parse("::1").value()};
  } limits;

  struct Product {
    milliseconds reservation_timeout{15 * 60'000};
  } product;

  /// Of customers who are erased.
  struct Privacy {
    std::optional<milliseconds> settling;  ///< see Config::settling()
    milliseconds retry{60'000};            ///< between two looks at an erasure that waits
  } privacy;

  struct Runtime {
    std::uint64_t event_loops = 0;  ///< 0: one per core, at most 8
    std::uint64_t reader_threads = 2;
    std::uint64_t analytics_threads = 2;
    std::uint64_t hashing_threads = 2;
    milliseconds drain_timeout{8'000};
    std::optional<milliseconds> lame_duck;  ///< see Config::lame_duck()
  } runtime;

  struct Cache {
    std::uint64_t max_bytes = 64 << 20;
    std::optional<ServerAddress> redis;    ///< nullopt: in this process
    std::filesystem::path redis_ca_file;   ///< empty: the system's authorities only
    std::string key_prefix = "cloudcart";  ///< of the keys there
  } cache;

  /// Where users, products, orders, alerts and experiments are kept; without an address in files of the data folder.
  struct Postgres {
    std::string url;                          ///< postgresql://user:password@host:port/database
    std::string schema_prefix = "cloudcart";  ///< of the schemas <prefix>_user, <prefix>_product, ...
    std::uint64_t pool_size = 20;             ///< connections of each service's process
    std::string replica_url;                  ///< of a hot standby for heavy reads; empty: none
    milliseconds replica_wait{50};
  } postgres;

  /// Where the facts are that analytics answers from; without an address in a file of the data folder.
  struct ClickHouse {
    std::string url;  ///< http://[user:password@]host:port
    std::string database = "cloudcart";
    std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< of each process, to answer from; 0: none
  } clickhouse;

  /// Through which others learn of orders; without brokers they read the order service's own log.
  struct Kafka {
    std::string brokers;  ///< host:port[,host:port]
    bool tls = false;
    std::filesystem::path ca_file;  ///< empty: the system's authorities
    std::string user, password;     ///< empty: none
    std::string sasl_mechanism = "SCRAM-SHA-512";
    std::string topic_prefix;  ///< of the names of all topics
    int partitions = 6;        ///< of topics that are made
    int replication_factor = 1;
  } kafka;

  struct Alerts {
    bool allow_private_addresses = false;
    std::filesystem::path ca_file;  ///< empty: the system's authorities only
    milliseconds attempt_timeout{10'000};
    milliseconds retry_delay{1'000};
    std::uint64_t attempts = 12;
  } alerts;

  /// Spans of requests and events, for a collector of OpenTelemetry.
  struct Tracing {
    std::string endpoint;  ///< http[s]://host:port; empty: nothing is recorded
    double sample_ratio = 0.01;
    double asked_per_second = 1;
    std::string headers;            ///< name=value,...; a secret
    std::filesystem::path ca_file;  ///< empty: the system's authorities only
    std::uint64_t queue = 8'192;
  } tracing;

  struct Log {
    std::string level = "info";
    std::string format = "auto";  ///< json, text, or auto: text on a terminal
    bool access = true;
  } log;

  bool runs(Service service) const { return services.empty() || services.contains(service); }
  /// How long a process that stops goes on serving while /ready says so: unless it is set, longer than a BalancedClient
  /// takes to find out, or not at all where nobody balances, because all is in one process.
  milliseconds lame_duck() const {
    return runtime.lame_duck.value_or(milliseconds{services.empty() ? 0 : 2'500});
  }
  /// How long after an account was erased its tokens may still be at work somewhere: in a process that the user service
  /// cannot reach, and then in a request that this one let in. The rest is for looks that come late and clocks that
  /// differ.
  milliseconds least_settling() const {
    return auth.revocations_stale_after + http.request_timeout + seconds{5};
  }
  milliseconds settling() const { return privacy.settling.value_or(least_settling()); }
};

/// One setting: its key in the file is "section.name" (or "name"), its variable CLOUDCART_SECTION_NAME. The variable
/// CLOUDCART_SECTION_NAME_FILE names a file that holds the text, as secrets of containers come.
struct Setting {
  std::string key;
  std::string help;
  /// Answers what is accepted when the text is not.
  std::function<std::optional<std::string>(Config&, const std::string&)> assign;

  std::string variable() const;
};

const std::vector<Setting>& settings();

/// Defaults, then the TOML file, then the environment, then `flags` (key → text). Errors are
/// validation_failed with one sentence that names the place, the key and what is accepted. Unknown keys are
/// errors, and so is a setting whose variable and file are both given.
Result<Config> load_config(const std::optional<std::filesystem::path>& file,
                           const std::vector<std::string>& environment,
                           const std::vector<std::pair<std::string, std::string>>& flags);

/// The shop that the settings describe. Errors: an unknown currency or time zone.
Result<Shop> shop_of(const Config& config);

}  // namespace cloudcart::app
