#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "core/timestamp.h"

/// librdkafka with owners for its handles. Everything here blocks for as long as it is given at most, and throws Failure.
namespace cloudcart::kafka {

class Failure : public std::runtime_error {
 public:
  Failure(rd_kafka_resp_err_t code, const std::string& what) : std::runtime_error(what), code_(code) {}
  explicit Failure(rd_kafka_resp_err_t code) : Failure(code, rd_kafka_err2str(code)) {}
  rd_kafka_resp_err_t code() const { return code_; }
  /// The topic or the partition does not exist.
  bool is_missing() const { return is_missing(code_); }
  static bool is_missing(rd_kafka_resp_err_t code);

 private:
  rd_kafka_resp_err_t code_;
};

/// librdkafka has a clock of its own; nothing here waits for a virtual one.
inline MonotonicTime now() {
  return std::chrono::steady_clock::now();
}

/// What is left for a call. Throws Failure once nothing is: librdkafka takes less than 0 for "as long as it may last".
milliseconds left_until(MonotonicTime until);

void check(rd_kafka_resp_err_t code);

struct Partition {
  std::string topic;
  std::int32_t number = 0;
  auto operator<=>(const Partition&) const = default;
};
/// Partition → offset.
using Offsets = std::map<Partition, std::int64_t>;

/// Names and values of librdkafka's configuration.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Calls one of the library's functions that free.
template <auto function>
struct Freed {
  template <class T>
  void operator()(T* owned) const {
    function(owned);
  }
};
/// Ends a client, and waits a moment for that. One that lost count of a partition while the broker was away never ends
/// (librdkafka's issue 4674); it is left to itself.
void end(rd_kafka_t* client);
using Handle = std::unique_ptr<rd_kafka_t, Freed<end>>;
using Configuration = std::unique_ptr<rd_kafka_conf_t, Freed<rd_kafka_conf_destroy>>;
using PartitionList =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Freed<rd_kafka_topic_partition_list_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Freed<rd_kafka_queue_destroy>>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Freed<rd_kafka_topic_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Freed<rd_kafka_message_destroy>>;

/// Where a cluster is, and as whom it is spoken to.
struct Brokers {
  // NOLINTNEXTLINE(google-explicit-constructor): addresses alone are the usual case
  Brokers(std::string where) : addresses(std::move(where)) {}

  std::string addresses;  ///< host:port[,host:port]
  bool tls = false;
  std::filesystem::path ca_file;  ///< the authorities (PEM) to believe; empty: the system's
  std::string user, password;     ///< empty: none
  std::string mechanism =
      "SCRAM-SHA-512";  ///< of SASL, for the password: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
};

/// What all clients share, with `settings` over it.
Configuration configure(const Brokers& brokers, const Settings& settings);
Handle make(rd_kafka_type_t type, Configuration configuration);

PartitionList to_list(const Offsets& offsets);
/// Without those partitions that do not exist or have no offset.
Offsets read_list(const rd_kafka_topic_partition_list_t& list);

int to_ms(milliseconds time);

}  // namespace cloudcart::kafka
