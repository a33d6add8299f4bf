#pragma once

#include <map>
#include <memory>

#include "adapters/kafka/events/kafka_event_log.h"
#include "adapters/kafka/events/kafka_publisher.h"
#include "app/operations/health.h"
#include "app/platform/stores.h"
#include "events/relay.h"
#include "events/relayed_log.h"

namespace cloudcart::app {

/// What a process has to do with Kafka: the relay of an order service, and the logs that its other services read.
class KafkaUnit {
 public:
  explicit KafkaUnit(Ground& ground) : ground_(ground) {}

  /// The events of `orders` are to be published, by whichever process holds the lease.
  void publish(OrderStores& orders);
  /// What `reader` reads of `origin`, the log of the order service; the same each time.
  events::EventLog& log(Service reader, events::EventLog& origin);
  void start_loops(BackgroundLoops& background, Executor& executor);
  /// Of what `service` does with it here.
  void add_probes(Service service, Probes& probes) const;

 private:
  struct Followed {
    Followed(kafka::EventLogOptions options, events::EventLog& origin)
        : in_kafka(std::move(options)), log(in_kafka, origin) {}
    kafka::KafkaEventLog in_kafka;
    events::RelayedEventLog log;
  };

  void measure();

  Ground& ground_;
  std::unique_ptr<kafka::KafkaPublisher> publisher_;
  std::unique_ptr<events::Relay> relay_;
  std::map<Service, std::unique_ptr<Followed>> followed_;
};

}  // namespace cloudcart::app
