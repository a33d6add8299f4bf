#pragma once

#include <memory>
#include <string>

#include "http/client.h"
#include "runtime/metrics.h"

namespace cloudcart::http {

struct ClientOptions {
  std::string base_url;            ///< "http://host:port"
  std::size_t idle_per_loop = 64;  ///< kept connections per event loop
  /// At a time, kept ones included. An event stream or an upgraded connection does not count once its head has come:
  /// the connections of those it is for are bounded already.
  std::size_t max_connections = 256;
  std::size_t max_waiting = 1024;  ///< requests that wait for one; more are overloaded at once
  milliseconds connect_timeout{1000};
  std::uint64_t max_body_bytes = 64 << 20;
};

/// HTTP/1.1 without TLS, for services of one platform. To be used from tasks on EventLoops; each loop keeps
/// its own connections. A request that finds all connections busy waits for one until its deadline, and is then
/// overloaded. Throws std::runtime_error for a base_url that is not of the form above.
class BeastClient final : public Client {
 public:
  explicit BeastClient(ClientOptions options);
  ~BeastClient() override;

  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override;

  /// Gives up the requests that are under way or wait, and refuses those that come (unavailable): at shutdown nobody waits
  /// for servers that do not answer. Safe on any thread.
  void stop();

  /// Shows how many of its connections are used. It must live as long as anybody asks.
  void measure(Metrics& metrics, const Metrics::Labels& labels) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cloudcart::http
