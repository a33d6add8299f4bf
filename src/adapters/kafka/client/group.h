#pragma once

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

/// How far a group has come, of the partitions of which it is known. `client` is of any kind and no member.
Offsets group_offsets(rd_kafka_t& client, const std::string& group, const std::vector<Partition>& partitions,
                      milliseconds limit);
void set_group_offsets(rd_kafka_t& client, const std::string& group, const Offsets& offsets,
                       milliseconds limit);

}  // namespace cloudcart::kafka
