#pragma once

#include <map>
#include <memory>
#include <string_view>

#include "adapters/otlp/otlp_exporter.h"
#include "app/config/config.h"
#include "http/beast/outside_client.h"
#include "http/router.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"
#include "runtime/tracing.h"

namespace cloudcart::app {

/// What a process traces, and how that gets to the collector: on a thread of its own, so that nobody waits for it.
class TracingUnit {
 public:
  /// Null where the configuration names no collector. Throws std::runtime_error with a sentence for the operator.
  static std::unique_ptr<TracingUnit> make(const Config& config, const Clock& clock, Metrics& metrics);

  TracingUnit(const Config& config, const Clock& clock, Metrics& metrics);
  ~TracingUnit() { stop(milliseconds{0}); }
  TracingUnit(const TracingUnit&) = delete;
  TracingUnit& operator=(const TracingUnit&) = delete;

  /// Of a service, the gateway or the dashboard.
  Tracer& of(std::string_view name) { return tracers_.at(name); }

  void start();
  /// Sends what is left, for so long at most. What is recorded after it is dropped.
  void stop(milliseconds limit);

 private:
  EventLoop loop_{"tracing"};
  http::BeastOutsideClient client_;  ///< after the loop: its connections are the loop's
  otlp::OtlpExporter exporter_;
  Tracing tracing_;
  std::map<std::string_view, Tracer> tracers_;
  BackgroundLoops background_;
  bool running_ = false;
};

/// The same routes, whose handlers are parts of `tracer`'s service within the span of whichever listens; for services that
/// run in the gateway's process.
std::vector<http::Route> traced_routes(std::vector<http::Route> routes, Tracer& tracer);

}  // namespace cloudcart::app
