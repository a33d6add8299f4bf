#include "events/event_spans.h"

#include <fmt/format.h>

namespace cloudcart::events {
namespace {

constexpr std::chrono::minutes longest_trace{15};

}  // namespace

void EventSpans::describe(Span& span) const {
  span.set("messaging.system", tracing_.system);
  span.set("messaging.operation.name", operation_.name);
  span.set("messaging.operation.type", operation_.name);
  if (!operation_.group.empty()) span.set("messaging.consumer.group.name", operation_.group);
}

void EventSpans::add(const OrderEvent& event) {
  if (!tracing_.tracer) return;
  const auto created = parse_traceparent(event.traceparent);
  if (!created || !created->sampled) return;
  const auto& tracer = *tracing_.tracer;
  const auto& clock = tracer.tracing().clock();
  if (clock.now() - event.timestamp > longest_trace) return;
  const auto now = clock.monotonic_now();
  if (count_ > 1) {
    if (events_.empty()) {
      batch_.join(tracer, nullptr, true, operation_.kind, operation_.name, now);
      describe(batch_);
      batch_.set("messaging.batch.message_count", count_);
    }
    batch_.add_link(*created);
  }
  const auto topic = tracing_.topic_prefix + event.type;
  auto& span = events_.emplace_back(tracer, &*created, true, operation_.kind,
                                    fmt::format("{} {}", operation_.name, topic), now);
  describe(span);
  span.set("messaging.destination.name", topic);
  span.set("messaging.message.id", event.event_id.to_string());
  if (count_ > 1) span.add_link(batch_.context());
}

const Span& EventSpans::work() const {
  return count_ > 1 || events_.empty() ? batch_ : events_.front();
}

void EventSpans::fail(ErrorCode code) {
  batch_.fail(to_string(code));
  for (auto& span : events_) span.fail(to_string(code));
}

}  // namespace cloudcart::events
