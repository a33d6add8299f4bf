#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "http/balanced_client.h"
#include "http/beast/client.h"
#include "runtime/event_loop.h"

namespace cloudcart::app {

/// The ways to services that other processes run, each made when it is first asked for. Not safe between threads.
class ServiceClients {
 public:
  ServiceClients(const Config& config, Metrics& metrics) : config_(config), metrics_(metrics) {}

  /// Throws std::runtime_error with a sentence for the operator when the settings have no address.
  http::Client& to(Service service, Service needed_by);
  /// Likewise, but null when the settings have no address.
  http::Client* find(Service service);
  /// Looks after the processes of services that have several, from now on.
  void start_loops(BackgroundLoops& background, EventLoop& loop);
  /// Gives up what is under way and refuses what comes, so that a stop waits for no process that does not answer.
  void stop();

 private:
  http::ClientOptions client_options(const std::string& address) const;
  std::unique_ptr<http::BeastClient> open(http::ClientOptions options);
  std::unique_ptr<http::Client> connect(Service service, const std::string& address);
  std::unique_ptr<http::BalancedClient> balance(Service service, const std::vector<std::string>& addresses);

  const Config& config_;
  Metrics& metrics_;
  std::map<Service, std::unique_ptr<http::Client>> clients_;
  std::map<Service, http::BalancedClient*> balanced_;  ///< those that have several processes to ask
  std::vector<http::BeastClient*> open_;               ///< parts of `clients_`
};

}  // namespace cloudcart::app
