#include "app/platform/tracing_unit.h"

#include <array>

#include <fmt/format.h>

#include "app/operations/version.h"
#include "core/id_generator.h"
#include "core/text.h"
#include "http/problem.h"
#include "http/web_url.h"

namespace cloudcart::app {
namespace {

constexpr std::string_view traces_path = "/v1/traces";
constexpr seconds clock_interval{1};

/// The names by which each is known here and to the collector.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> service_names{{
    {"user", "cloudcart-user"},
    {"product", "cloudcart-product"},
    {"order", "cloudcart-order"},
    {"analytics", "cloudcart-analytics"},
    {"gateway", "cloudcart-gateway"},
    {"dashboard", "cloudcart-dashboard"},
}};

/// As for OTEL_EXPORTER_OTLP_ENDPOINT: what is given is the address of all signals.
http::WebUrl traces_url(const std::string& endpoint) {
  auto url = http::parse_web_url(endpoint).value();
  while (url.target.ends_with('/')) url.target.pop_back();
  if (!url.target.ends_with(traces_path)) url.target += traces_path;
  return url;
}

http::Headers headers_of(const std::string& text) {
  http::Headers headers;
  if (text.empty()) return headers;
  for (const auto part : split(text, ',')) {
    const auto pair = trim(part);
    const auto equals = pair.find('=');
    headers.set(pair.substr(0, equals), std::string{pair.substr(equals + 1)});
  }
  return headers;
}

/// Of this run: another one is another instance.
std::string instance_id() {
  Uuid id;
  random_bytes(id.bytes.data(), id.bytes.size());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id.to_string();
}

otlp::ExporterOptions options_of(const Config::Tracing& config) {
  otlp::ExporterOptions options{.url = traces_url(config.endpoint),
                                .headers = headers_of(config.headers),
                                .resource = {{"service.namespace", "cloudcart"},
                                             {"service.version", std::string{version}},
                                             {"service.instance.id", instance_id()},
                                             {"telemetry.sdk.language", "cpp"},
                                             {"telemetry.sdk.name", "cloudcart"},
                                             {"telemetry.sdk.version", std::string{version}}},
                                .version = std::string{version},
                                .queue = config.queue};
  random_bytes(&options.seed, sizeof options.seed);
  return options;
}

http::Handler traced(http::Handler handler, Tracer& tracer, std::string name) {
  return [handler = std::move(handler), &tracer,
          name = std::move(name)](http::Request& request) -> Task<Result<http::Response>> {
    Span span(co_await current_span(), &tracer, SpanKind::internal, name);
    if (!span.is_recorded()) co_return co_await handler(request);
    request.caller.traceparent = to_traceparent(span.context());
    auto answer = co_await within(span, handler(request));
    // What the client has done wrong is no failure of the service, here as in the span of the request.
    if (!answer && http::status_of(answer.error().code) >= 500) span.fail(to_string(answer.error().code));
    co_return answer;
  };
}

}  // namespace

std::unique_ptr<TracingUnit> TracingUnit::make(const Config& config, const Clock& clock, Metrics& metrics) {
  if (config.tracing.endpoint.empty()) return nullptr;
  return std::make_unique<TracingUnit>(config, clock, metrics);
}

TracingUnit::TracingUnit(const Config& config, const Clock& clock, Metrics& metrics)
    : client_({.allow_own_addresses = true, .ca_file = config.tracing.ca_file}),
      exporter_(options_of(config.tracing), client_, metrics),
      tracing_(exporter_, clock,
               {.ratio = config.tracing.sample_ratio, .asked_per_second = config.tracing.asked_per_second}) {
  for (const auto& [name, service] : service_names)
    tracers_.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                     std::forward_as_tuple(tracing_, service));
}

void TracingUnit::start() {
  running_ = true;
  loop_.start();
  using Stop = BackgroundLoops::StopFlag;
  background_.start("traces", loop_, [this](Stop stop) { return exporter_.run(stop); });
  background_.start("trace clock", loop_, [this](Stop stop) -> Task<void> {
    while (!stop.stopping()) {
      tracing_.set_wall_clock();
      co_await stop.sleep_for(clock_interval);
    }
  });
}

void TracingUnit::stop(milliseconds limit) {
  if (!std::exchange(running_, false)) return;
  const auto until = loop_.now() + limit;
  exporter_.end_by(until);
  // A collector that hangs holds up nobody.
  loop_.post_at(until, [this] { client_.stop(); });
  background_.request_stop();
  background_.join();
  loop_.stop();
  loop_.abandon();
}

std::vector<http::Route> traced_routes(std::vector<http::Route> routes, Tracer& tracer) {
  for (auto& route : routes)
    route.handler = traced(std::move(route.handler), tracer,
                           fmt::format("{} {}", http::to_string(route.method), route.path));
  return routes;
}

}  // namespace cloudcart::app
