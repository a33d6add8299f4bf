#pragma once

#include <optional>
#include <span>

#include "adapters/kafka/client/client.h"
#include "core/timestamp.h"

namespace cloudcart::kafka {

struct Outgoing {
  std::string topic;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Where messages have got, by partition.
struct Acknowledged {
  Offsets first;   ///< of the first one
  Offsets behind;  ///< behind the last one
};

/// An idempotent producer. For one thread at a time.
class Producer {
 public:
  explicit Producer(const Brokers& brokers);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Sends all, in order within a partition, and answers when every one of them is acknowledged by all replicas: the offset behind
  /// the last one of each partition. After a Failure some may be there all the same; the producer is to be replaced, since
  /// what it holds may still go out.
  Acknowledged send(std::span<const Outgoing> messages, MonotonicTime until);
  rd_kafka_t& client() { return *handle_; }

 private:
  struct Deliveries;
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);

  std::unique_ptr<Deliveries> deliveries_;
  Handle handle_;
};

}  // namespace cloudcart::kafka
