#pragma once

#include <map>
#include <memory>

#include "adapters/kafka/events/kafka_event_log.h"
#include "adapters/kafka/events/kafka_publisher.h"
#include "app/operations/health.h"
#include "app/platform/stores.h"
#include "events/relay.h"

namespace cloudcart::app {

/// What a process has to do with Kafka: the relay of an order service, and the logs that its other services read.
class KafkaUnit {
 public:
  explicit KafkaUnit(Ground& ground) : ground_(ground) {}

  /// The events of `orders` are to be published, by whichever process holds the lease.
  void publish(OrderStores& orders);
  /// What `reader` reads; the same each time.
  events::EventLog& log(Service reader);
  void start_loops(BackgroundLoops& background, Executor& executor);
  /// Of what `service` does with it here.
  void add_probes(Service service, Probes& probes) const;

 private:
  void measure();

  Ground& ground_;
  std::unique_ptr<kafka::KafkaPublisher> publisher_;
  std::unique_ptr<events::Relay> relay_;
  std::map<Service, std::unique_ptr<kafka::KafkaEventLog>> logs_;
};

}  // namespace cloudcart::app
