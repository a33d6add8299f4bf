#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "events/order_event.h"
#include "runtime/tracing.h"

namespace cloudcart::events {

/// By what spans of events are made, and what carries the events: "kafka", or "cloudcart" for the order store's own log.
struct EventTracing {
  const Tracer* tracer = nullptr;  ///< null: none are made
  std::string_view system = "cloudcart";
  std::string topic_prefix = {};
};

/// What is done with some events together, as spans (OpenTelemetry's conventions for messaging): one of each event whose
/// trace is recorded, part of that trace; and where they are several one of all, a trace of its own, with links from each
/// to the other. An event that is older than some minutes is history: who reads the log again prolongs no traces.
class EventSpans {
 public:
  struct Operation {
    SpanKind kind;
    std::string_view name;        ///< "send" or "process": also the type
    std::string_view group = {};  ///< of consumers; empty: none
  };

  /// Of `count` events, each of which is to be add()ed.
  EventSpans(EventTracing tracing, Operation operation, std::size_t count)
      : tracing_(std::move(tracing)), operation_(operation), count_(count) {}

  void add(const OrderEvent& event);
  /// What the work is part of; while this is there.
  const Span& work() const;
  void fail(ErrorCode code);

 private:
  void describe(Span& span) const;

  const EventTracing tracing_;
  const Operation operation_;
  const std::size_t count_;
  Span batch_;
  std::deque<Span> events_;
};

}  // namespace cloudcart::events
