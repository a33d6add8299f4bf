// Events of orders, as Kafka and other processes bring them.
#include "adapters/kafka/events/mark.h"
#include "events/order_event.h"
#include "fuzz/fuzz_target.h"

using namespace cloudcart;
using fuzz::require;

FUZZ_TARGET(event) {
  const auto event = events::parse_order_event(input);
  if (!event) {
    require(event.error().code == ErrorCode::malformed_request, "what is no event is malformed");
    return;
  }
  require(event->version >= 1, "versions begin with 1");
  const auto again = events::parse_order_event(events::to_json(*event));
  require(again && *again == *event, "an event is written as it was read");
}

FUZZ_TARGET(kafka_mark) {
  if (const auto mark = kafka::Mark::parse(input))
    require(kafka::Mark::parse(mark->text()) == mark, "a mark is written as it was read");
}
