#include "app/platform/listeners.h"

#include <thread>

#include <fmt/format.h>

namespace cloudcart::app {

void Listeners::add(const std::string& name, std::uint16_t port, std::vector<http::Route> routes, Face face) {
  const auto& config = ground_.config;
  http::Router router;
  router.add(std::move(routes));
  auto pipeline = std::make_unique<http::Pipeline>(
      std::move(router), ground_.authenticator, ground_.clock, ground_.ids, ground_.metrics,
      http::PipelineOptions{.service = name,
                            .request_timeout = config.http.request_timeout,
                            .allowed_origins = config.http.allowed_origins,
                            .trusted_proxies = http::AddressBlocks{config.http.trusted_proxies},
                            .rate_limiter = &ground_.rate_limiter,
                            .tls = speaks_tls(face),
                            .access_log = config.log.access,
                            .admission = ground_.admission.get(),
                            .tracer = ground_.tracer(name)});
  std::vector<EventLoop*> loops;
  for (const auto& loop : ground_.loops) loops.push_back(loop.get());
  auto server = std::make_unique<http::Server>(
      options_for(port, face), std::move(loops),
      [&handler = *pipeline](http::Request request) { return handler.handle(std::move(request)); },
      [&handler = *pipeline](const Error& error) { return handler.refuse(error); });
  measure(name, *server);
  listeners_.push_back({name, face, std::move(pipeline), std::move(server)});
}

/// With everything in one process nobody else needs to reach the services, which speak plain HTTP.
std::string Listeners::address_for(Face face) const {
  const bool is_inside = face == Face::services && ground_.config.services.empty() && ground_.certificate;
  return is_inside ? "127.0.0.1" : ground_.config.bind;
}

http::ServerOptions Listeners::options_for(std::uint16_t port, Face face) const {
  const auto& config = ground_.config;
  auto uncapped = config.http.trusted_proxies;
  uncapped.insert(uncapped.end(), config.limits.exempt_clients.begin(), config.limits.exempt_clients.end());
  // Of several processes a gateway is the client of the others, with the streams of all who are connected to it.
  const bool is_capped = face == Face::clients || config.services.empty();
  return {.address = address_for(face),
          .port = port,
          .max_connections = config.http.max_connections,
          .max_connections_per_client =
              is_capped ? config.limits.connections_per_client : config.http.max_connections,
          .uncapped_clients = http::AddressBlocks{std::move(uncapped)},
          .max_held_bytes = config.http.max_held_bytes,
          .limits = {.body_bytes = config.http.max_body_bytes},
          .tls = speaks_tls(face) ? ground_.certificate.get() : nullptr};
}

void Listeners::measure(const std::string& name, const http::Server& server) {
  auto& metrics = ground_.metrics;
  const Metrics::Labels labels{{"service", name}};
  const auto gauge = [&](const char* metric, const char* help, auto read) {
    metrics.gauge(metric, help, labels, [read] { return static_cast<double>(read()); });
  };
  const auto total = [&](const char* metric, const char* help, auto read) {
    metrics.total(metric, help, labels, [read] { return static_cast<double>(read()); });
  };
  gauge("cloudcart_http_connections", "Open connections.", [&server] { return server.connections(); });
  gauge("cloudcart_http_connections_limit",
        "Connections that may be open at a time; more are closed at once.",
        [most = ground_.config.http.max_connections] { return most; });
  gauge("cloudcart_http_streams", "Event streams and other answers that go on.",
        [&server] { return server.streams(); });
  gauge("cloudcart_http_websockets", "Connections that are WebSockets by now.",
        [&server] { return server.upgrades(); });
  total("cloudcart_http_connections_refused_total",
        "Connections closed at once: too many of all or of one client.",
        [&server] { return server.refused_connections(); });
  gauge("cloudcart_http_held_bytes",
        "Bodies that have not come whole and answers that have not been taken whole.",
        [&server] { return server.held_bytes(); });
  gauge("cloudcart_http_held_limit_bytes", "What may be held before slow clients are closed.",
        [most = ground_.config.http.max_held_bytes] { return most; });
  total("cloudcart_http_connections_evicted_total",
        "Connections closed because slow clients held too much memory.",
        [&server] { return server.evicted_connections(); });
}

void Listeners::start() {
  for (auto& listener : listeners_) listener.server->start();
}

void Listeners::wind_down() {
  for (auto& listener : listeners_) listener.server->wind_down();
}

void Listeners::drain(milliseconds limit) {
  // Each waits for its own requests; side by side, so that the limit holds for all of them together.
  std::vector<std::jthread> waiting;
  for (auto& listener : listeners_)
    waiting.emplace_back([&server = *listener.server, limit] { server.drain(limit); });
}

std::string Listeners::host_of(const Listener& listener) const {
  const auto bind = address_for(listener.face);
  if (bind == "0.0.0.0") return "127.0.0.1";
  if (bind == "::") return "[::1]";
  return bind.find(':') == std::string::npos ? bind : "[" + bind + "]";
}

std::map<std::string, std::string> Listeners::addresses() const {
  std::map<std::string, std::string> addresses;
  for (const auto& listener : listeners_)
    addresses[listener.name] = fmt::format("http{}://{}:{}", speaks_tls(listener.face) ? "s" : "",
                                           host_of(listener), listener.server->port());
  return addresses;
}

}  // namespace cloudcart::app
