#include <algorithm>

#include "adapters/migrations/migrations.h"
#include "app/config/setting_kinds.h"
#include "app/config/setting_tables.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

/// Not of a URL: its password would be shown where the address is.
bool is_host_and_port(std::string_view address) {
  const auto colon = address.rfind(':');
  std::uint16_t port = 0;
  return colon != std::string_view::npos && colon != 0 &&
         address.find_first_of("/@ ") == std::string_view::npos &&
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
  if (!migrations::is_name(text) || text.size() > longest) return "1 to 40 of a-z, 0-9 and _, no digit first";
  config.postgres.schema_prefix = text;
  return std::nullopt;
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

}  // namespace

void add_cache_settings(std::vector<Setting>& all) {
  all.push_back(integer_setting<std::uint64_t>(
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

}  // namespace cloudcart::app
