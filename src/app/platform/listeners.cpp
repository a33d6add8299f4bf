#include "app/platform/listeners.h"

#include <thread>

namespace cloudcart::app {

void Listeners::add(const std::string& name, std::uint16_t port, std::vector<http::Route> routes) {
  const auto& config = ground_.config;
  http::Router router;
  router.add(std::move(routes));
  auto pipeline = std::make_unique<http::Pipeline>(
      std::move(router), ground_.authenticator, ground_.clock, ground_.ids, ground_.metrics,
      http::PipelineOptions{.service = name,
                            .request_timeout = config.http.request_timeout,
                            .allowed_origins = config.http.allowed_origins,
                            .access_log = config.log.access,
                            .admission = ground_.admission.get()});
  std::vector<EventLoop*> loops;
  for (const auto& loop : ground_.loops) loops.push_back(loop.get());
  auto server = std::make_unique<http::Server>(
      http::ServerOptions{.address = config.bind,
                          .port = port,
                          .max_connections = config.http.max_connections,
                          .max_body_bytes = config.http.max_body_bytes},
      std::move(loops),
      [&handler = *pipeline](http::Request request) { return handler.handle(std::move(request)); },
      [&handler = *pipeline](const Error& error) { return handler.refuse(error); });
  auto& counted = *server;
  ground_.metrics.gauge("cloudcart_http_connections", "Open connections.", {{"service", name}},
                        [&counted] { return static_cast<double>(counted.connections()); });
  listeners_.push_back({name, std::move(pipeline), std::move(server)});
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

std::string Listeners::host() const {
  const auto& bind = ground_.config.bind;
  if (bind == "0.0.0.0") return "127.0.0.1";
  if (bind == "::") return "[::1]";
  return bind.find(':') == std::string::npos ? bind : "[" + bind + "]";
}

std::map<std::string, std::string> Listeners::addresses() const {
  std::map<std::string, std::string> addresses;
  for (const auto& listener : listeners_)
    addresses[listener.name] = fmt::format("http://{}:{}", host(), listener.server->port());
  return addresses;
}

}  // namespace cloudcart::app
