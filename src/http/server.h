#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/message.h"
#include "runtime/event_loop.h"

namespace cloudcart::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                ///< 0: any free one
  std::size_t max_connections = 10'000;  ///< more are closed at once
  std::uint64_t max_body_bytes = 1 << 20;
  std::uint32_t max_head_bytes = 32 << 10;
  seconds head_timeout{10};  ///< from the first byte to the end of the head
  seconds body_timeout{30};
  seconds idle_timeout{75};   ///< between requests on a kept connection
  seconds write_timeout{30};  ///< for a reader that takes nothing
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

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cloudcart::http
