#pragma once

#include <expected>
#include <optional>
#include <string>

#include "adapters/kafka/client/consumer.h"
#include "adapters/kafka/client/producer.h"
#include "events/publisher.h"

namespace cloudcart::kafka {

/// Where a record belongs: what its headers tell.
struct Place {
  std::int64_t edition = 0;
  std::int64_t position = 0;
  std::int64_t previous = 0;  ///< the position before it in the log
};

Outgoing to_message(const std::string& prefix, std::int64_t edition, const events::Publication& publication);

/// The headers of a message that to_message wrote; what is wrong with them otherwise.
std::expected<Place, std::string> read_place(const rd_kafka_message_t& message);
/// Its event, likewise.
std::expected<events::OrderEvent, std::string> read_event(const rd_kafka_message_t& message);

}  // namespace cloudcart::kafka
