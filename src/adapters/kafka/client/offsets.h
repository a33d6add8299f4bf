#pragma once

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

/// Where the partitions end: the offset that the next record gets. `client` is of any kind. Partitions that do not exist are
/// left out.
Offsets end_offsets(rd_kafka_t& client, const std::vector<Partition>& partitions, milliseconds limit);
/// Where they begin.
Offsets begin_offsets(rd_kafka_t& client, const std::vector<Partition>& partitions, milliseconds limit);

}  // namespace cloudcart::kafka
