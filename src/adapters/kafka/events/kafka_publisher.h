#pragma once

#include <memory>
#include <string>

#include "adapters/kafka/client/client.h"
#include "events/event_spans.h"
#include "events/publisher.h"

namespace cloudcart::kafka {

struct PublisherOptions {
  Brokers brokers;
  std::string topic_prefix;
  int partitions = 6;  ///< of topics that are made
  int replication_factor = 1;
  events::EventTracing tracing = {};
};

/// The topics of Kafka, one for each type of event, and the records of an order in one partition of each. What was published
/// is not there any more when the cluster is another one, or a topic ends before what was acknowledged.
class KafkaPublisher final : public events::Publisher {
 public:
  explicit KafkaPublisher(PublisherOptions options);
  ~KafkaPublisher() override;

  Task<Result<bool>> prepare(std::string mark, Deadline deadline) override;
  Task<Result<std::string>> publish(std::string mark, std::int64_t edition,
                                    std::vector<events::Publication> records, Deadline deadline) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::kafka
