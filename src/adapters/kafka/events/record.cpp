#include "adapters/kafka/events/record.h"

#include <fmt/format.h>

#include "adapters/kafka/events/topic_names.h"

namespace cloudcart::kafka {
namespace {

constexpr const char* edition_header = "edition";
constexpr const char* position_header = "position";
constexpr const char* previous_header = "previous";

}  // namespace

Outgoing to_message(const std::string& prefix, std::int64_t edition, const events::Publication& publication) {
  const auto& [record, previous] = publication;
  Outgoing message{.topic = topic_of(prefix, record.event.type),
                   .key = record.event.order_id.to_string(),
                   .value = events::to_json(record.event),
                   .headers = {{position_header, std::to_string(record.position)},
                               {previous_header, std::to_string(previous)},
                               {edition_header, std::to_string(edition)}}};
  if (!record.event.traceparent.empty())
    message.headers.emplace_back("traceparent", record.event.traceparent);
  return message;
}

std::expected<Place, std::string> read_place(const rd_kafka_message_t& message) {
  const auto position = number_in(message, position_header), previous = number_in(message, previous_header),
             edition = number_in(message, edition_header);
  if (!position || !previous || !edition)
    return std::unexpected("it lacks one of the headers position, previous and edition, each a number");
  if (*previous >= *position) return std::unexpected("the header previous is not below the header position");
  return Place{*edition, *position, *previous};
}

std::expected<events::OrderEvent, std::string> read_event(const rd_kafka_message_t& message) {
  auto event = events::parse_order_event(value_of(message));
  if (!event) return std::unexpected("its value is not understood: " + event.error().message);
  return *std::move(event);
}

}  // namespace cloudcart::kafka
