#pragma once

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

struct TopicShape {
  std::string name;
  int partitions = 1;
  int replication_factor = 1;
  Settings settings;  ///< the topic's own
};

/// Makes those that are not there; those that are stay as they are.
void create_topics(rd_kafka_t& client, const std::vector<TopicShape>& topics, milliseconds limit);
void delete_topics(rd_kafka_t& client, const std::vector<std::string>& names, milliseconds limit);

/// All partitions of `topic` as the cluster knows them; empty when it does not exist.
std::vector<Partition> partitions_of(rd_kafka_t& client, const std::string& topic, milliseconds limit);

/// The name that the cluster got when it was made.
std::string cluster_id(rd_kafka_t& client, milliseconds limit);

}  // namespace cloudcart::kafka
