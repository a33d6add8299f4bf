#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/platform/ground.h"
#include "http/pipeline.h"
#include "http/server.h"

namespace cloudcart::app {

/// The servers of a process, each with a pipeline of its own.
class Listeners {
 public:
  explicit Listeners(Ground& ground) : ground_(ground) {}

  /// To whom a port speaks: to clients, by TLS when there is a certificate, or to services, which ask each other plainly.
  enum class Face : std::uint8_t { clients, services };

  /// Binds a port. Throws std::runtime_error when it is taken.
  void add(const std::string& name, std::uint16_t port, std::vector<http::Route> routes, Face face);
  void start();
  /// See http::Server::wind_down.
  void wind_down();
  /// Stops accepting everywhere, then waits for what is under way, `limit` in all.
  void drain(milliseconds limit);
  std::map<std::string, std::string> addresses() const;

 private:
  struct Listener {
    std::string name;
    Face face;
    std::unique_ptr<http::Pipeline> pipeline;
    std::unique_ptr<http::Server> server;
  };
  bool speaks_tls(Face face) const { return face == Face::clients && ground_.certificate; }
  std::string address_for(Face face) const;
  std::string host_of(const Listener& listener) const;
  http::ServerOptions options_for(std::uint16_t port, Face face) const;
  void measure(const std::string& name, const http::Server& server);

  Ground& ground_;
  std::vector<Listener> listeners_;
};

}  // namespace cloudcart::app
