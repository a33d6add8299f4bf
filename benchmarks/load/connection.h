#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <sys/socket.h>

#include "load/response_parser.h"

namespace cloudcart::load {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// A keep-alive connection with at most one request under way. Registers itself with an edge-triggered epoll once
/// for each time it is opened, so that a request costs no more calls than its send and its receive.
class Connection {
 public:
  enum class State : std::uint8_t { closed, connecting, idle, busy };
  enum class Received : std::uint8_t {
    nothing_yet,
    answer,
    closed,     ///< by the server, in order
    reset,      ///< broken, by either side's system
    malformed,  ///< parser().reason() says why
    unasked,    ///< bytes that no request asked for
  };

  Connection() = default;
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  State state() const { return state_; }
  const ResponseParser& parser() const { return parser_; }
  /// What send() sends.
  std::string& request() { return request_; }

  /// Begins to connect; events carry `tag`. False: it failed at once, errno says why.
  bool open(const Address& address, int epoll, std::uint32_t tag);
  /// To be called when it becomes writable while it connects. False: it failed, errno says why.
  bool finish_connecting();
  void close();

  /// Sends as much of request() as the system takes. False: the connection is broken.
  bool send();
  /// To be called when it becomes writable while it is busy.
  bool send_rest();
  /// Reads what there is, up to the end of an answer. `buffer` may be shared: nothing stays in it.
  Received receive(std::span<char> buffer);

 private:
  Received take(std::string_view bytes);

  int socket_ = -1;
  State state_ = State::closed;
  std::size_t sent_ = 0;
  std::string request_;
  ResponseParser parser_;
};

}  // namespace cloudcart::load
