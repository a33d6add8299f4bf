#pragma once

#include <functional>

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

using Event = std::unique_ptr<rd_kafka_event_t, Freed<rd_kafka_event_destroy>>;

/// Runs an administrative request and answers its result.
Event administer(rd_kafka_t& client, rd_kafka_admin_op_t operation, milliseconds limit,
                 const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& request);

}  // namespace cloudcart::kafka
