#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client_address.h"
#include "http/message.h"
#include "http/request_parser.h"
#include "runtime/event_loop.h"

namespace cloudcart::http {

class TlsCertificate;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  /// More are closed at once. When nine tenths are taken, each new one closes the one that has been without a request for
  /// longest, so that those who only hold connections do not keep others out.
  std::size_t max_connections = 10'000;
  std::size_t max_connections_per_client =
      10'000;                      ///< of an IPv4 address or an IPv6 /64; more are closed at once
  AddressBlocks uncapped_clients;  ///< proxies, behind each of which there are many
  /// Of bodies that have not come whole and answers that have not been taken whole, of all connections. Beyond it those
  /// that have held some for longest are closed.
  std::uint64_t max_held_bytes = 128 << 20;
  RequestLimits limits;
  seconds head_timeout{
      10};  ///< from the first byte, or the begin of the TLS handshake, to the end of the head
  seconds body_timeout{30};
  seconds idle_timeout{75};             ///< between requests on a kept connection
  seconds write_timeout{30};            ///< for a reader to take each 64 KiB of an answer
  const TlsCertificate* tls = nullptr;  ///< whose connections are TLS; null: plain. Outlives the server
};

/// An HTTP/1.1 server on several event loops: one accepts, connections are dealt out in turn, and each stays
/// on its loop.
class Server {
 public:
  using Handler = std::function<Task<Response>(Request)>;
  /// The answer to a request that could not be read; its connection is closed after it.
  using Refusal = std::function<Response(const Error&)>;

  /// Binds and listens; throws std::runtime_error with the mend when the address is taken. The loops must
  /// outlive the server, and must have been started before drain().
  Server(ServerOptions options, std::vector<EventLoop*> loops, Handler handler, Refusal refusal);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Begins to accept.
  void start();
  /// From now on each answer closes its connection, and everything else goes on: for the time until those who spread
  /// requests over several servers have noticed that this one is about to stop. They find no kept connection then that
  /// closes while a request is on its way.
  void wind_down();
  /// Stops accepting, closes idle connections, cancels streams, and waits for the requests under way, at most
  /// `limit`; then closes what is left. Blocks; not to be called from a loop.
  void drain(milliseconds limit);
  std::size_t connections() const;
  /// How many were closed at once, because there were too many of all or of one client.
  std::uint64_t refused_connections() const;
  /// How many were closed because max_held_bytes was reached.
  std::uint64_t evicted_connections() const;
  /// See ServerOptions::max_held_bytes.
  std::uint64_t held_bytes() const;
  /// Event streams and other answers that go on, and connections that are something else than HTTP by now.
  std::size_t streams() const;
  std::size_t upgrades() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cloudcart::http
