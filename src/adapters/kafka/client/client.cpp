#include "adapters/kafka/client/client.h"

#include <algorithm>
#include <array>
#include <limits>

#include <spdlog/spdlog.h>

#include "runtime/run_within.h"

namespace cloudcart::kafka {
namespace {

/// Usually it takes milliseconds.
constexpr milliseconds time_to_end{1'000};

/// The library tells of every broken connection; what matters of it is told by those who call.
void log(const rd_kafka_t*, int, const char*, const char* text) {
  spdlog::debug("Kafka: {}", text);
}

void set(rd_kafka_conf_t& configuration, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(&configuration, name.c_str(), value.c_str(), why.data(), why.size()) !=
      RD_KAFKA_CONF_OK)
    throw Failure(RD_KAFKA_RESP_ERR__INVALID_ARG, why.data());
}

void secure(rd_kafka_conf_t& configuration, const Brokers& brokers) {
  const bool signs_in = !brokers.user.empty();
  set(configuration, "security.protocol",
      std::string{signs_in ? "sasl_" : ""} + (brokers.tls ? "ssl" : "plaintext"));
  if (brokers.tls && !brokers.ca_file.empty())
    set(configuration, "ssl.ca.location", brokers.ca_file.string());
  if (!signs_in) return;
  set(configuration, "sasl.mechanism", brokers.mechanism);
  set(configuration, "sasl.username", brokers.user);
  set(configuration, "sasl.password", brokers.password);
}

}  // namespace

milliseconds left_until(MonotonicTime until) {
  const auto left = std::chrono::ceil<milliseconds>(until - now());
  if (left <= milliseconds::zero()) throw Failure(RD_KAFKA_RESP_ERR__TIMED_OUT);
  return left;
}

bool Failure::is_missing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

void check(rd_kafka_resp_err_t code) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw Failure(code);
}

Configuration configure(const Brokers& brokers, const Settings& settings) {
  Configuration made{rd_kafka_conf_new()};
  rd_kafka_conf_set_log_cb(made.get(), log);
  set(*made, "bootstrap.servers", brokers.addresses);
  secure(*made, brokers);
  set(*made, "client.id", "cloudcart");
  set(*made, "socket.keepalive.enable", "true");
  set(*made, "socket.timeout.ms", "10000");
  // A broker that comes back is found at once.
  set(*made, "reconnect.backoff.ms", "50");
  set(*made, "reconnect.backoff.max.ms", "1000");
  for (const auto& [name, value] : settings) set(*made, name, value);
  return made;
}

void end(rd_kafka_t* client) {
  // Whatever is left must not log while the process ends.
  rd_kafka_set_log_level(client, 0);
  if (!run_within(time_to_end, [client] { rd_kafka_destroy(client); }))
    spdlog::warn("A connection to Kafka does not end; it is left to itself.");
}

Handle make(rd_kafka_type_t type, Configuration configuration) {
  std::array<char, 512> why{};
  Handle made{rd_kafka_new(type, configuration.get(), why.data(), why.size())};
  if (!made) throw Failure(rd_kafka_last_error(), why.data());
  configuration.release();  // it is the handle's now
  return made;
}

PartitionList to_list(const Offsets& offsets) {
  PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()))};
  for (const auto& [partition, offset] : offsets)
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)->offset = offset;
  return list;
}

Offsets read_list(const rd_kafka_topic_partition_list_t& list) {
  Offsets offsets;
  for (int i = 0; i < list.cnt; ++i) {
    const auto& entry = list.elems[i];
    if (Failure::is_missing(entry.err)) continue;
    check(entry.err);
    if (entry.offset >= 0) offsets.emplace(Partition{entry.topic, entry.partition}, entry.offset);
  }
  return offsets;
}

int to_ms(milliseconds time) {
  return static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace cloudcart::kafka
