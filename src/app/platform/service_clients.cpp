#include "app/platform/service_clients.h"

#include <random>

#include <fmt/format.h>

#include "http/measured_client.h"
#include "http/traced_client.h"

namespace cloudcart::app {

http::ClientOptions ServiceClients::client_options(const std::string& address) const {
  return {.base_url = address,
          .max_connections = config_.upstream.max_connections,
          .max_waiting = config_.upstream.max_waiting};
}

std::unique_ptr<http::BeastClient> ServiceClients::open(http::ClientOptions options) {
  auto client = std::make_unique<http::BeastClient>(std::move(options));
  open_.push_back(client.get());
  return client;
}

/// Of one process.
std::unique_ptr<http::Client> ServiceClients::connect(Service service, const std::string& address) {
  auto client = open(client_options(address));
  client->measure(metrics_, {{"upstream", std::string{to_string(service)}}, {"address", address}});
  if (config_.tracing.endpoint.empty()) return client;
  return std::make_unique<http::TracedClient>(std::move(client), address);
}

std::unique_ptr<http::BalancedClient> ServiceClients::balance(Service service,
                                                              const std::vector<std::string>& addresses) {
  std::vector<http::Upstream> upstreams;
  for (const auto& address : addresses) {
    upstreams.push_back({.name = fmt::format("the {} service at {}", to_string(service), address),
                         .client = connect(service, address),
                         .checks = open({.base_url = address, .max_connections = 1}),
                         .address = address});
  }
  auto balanced = std::make_unique<http::BalancedClient>(
      std::move(upstreams),
      http::BalanceOptions{.hedge_after = config_.upstream.hedge_after, .seed = std::random_device{}()});
  balanced->measure(metrics_, std::string{to_string(service)});
  return balanced;
}

http::Client* ServiceClients::find(Service service) {
  return config_.upstreams.contains(service) ? &to(service, service) : nullptr;
}

http::Client& ServiceClients::to(Service service, Service needed_by) {
  auto& client = clients_[service];
  if (client) return *client;
  const auto found = config_.upstreams.find(service);
  if (found == config_.upstreams.end()) {
    throw std::runtime_error(
        fmt::format("The {} service needs the {} service: run it in this process too, or say where it is by "
                    "--upstream-{} http://host:port.",
                    to_string(needed_by), to_string(service), to_string(service)));
  }
  std::unique_ptr<http::Client> unmeasured;
  if (found->second.size() == 1) {
    unmeasured = connect(service, found->second.front());
  } else {
    auto several = balance(service, found->second);
    balanced_[service] = several.get();
    unmeasured = std::move(several);
  }
  client = std::make_unique<http::MeasuredClient>(std::move(unmeasured), metrics_,
                                                  std::string{to_string(service)});
  return *client;
}

void ServiceClients::stop() {
  for (auto* client : open_) client->stop();
}

void ServiceClients::start_loops(BackgroundLoops& background, EventLoop& loop) {
  for (const auto& [service, client] : balanced_)
    background.start(fmt::format("{} upstreams", to_string(service)), loop,
                     [client](BackgroundLoops::StopFlag stop) { return client->watch(stop); });
}

}  // namespace cloudcart::app
