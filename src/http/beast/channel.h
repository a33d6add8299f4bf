#pragma once

#include <array>
#include <span>
#include <string_view>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "core/timestamp.h"
#include "http/beast/await_io.h"
#include "http/tls_certificate.h"

namespace cloudcart::http {

/// The bytes of a server's connection, plain or by TLS. Nothing waits in here: each step does what can be done at once and
/// says what to wait for. So both kinds are one type, and the session above is compiled once.
class Channel {
 public:
  // With the context's own executor type, so that no operation goes through a type-erased one.
  using Socket =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  enum class Wait : std::uint8_t { nothing, readable, writable };
  struct Step {
    std::size_t bytes = 0;
    Wait wait = Wait::nothing;   ///< before it is worth trying again
    bool is_over = false;        ///< the other side has gone, or does not keep to the protocol
    MonotonicTime arrived_at{};  ///< of what was read: when it reached the machine
  };

  /// `tls` is null for a plain connection.
  Channel(Socket socket, SslPtr tls);

  /// To be done with first, when is_secure(): again after each wait, until nothing is waited for.
  Step shake_hands();
  /// After shake_hands() was over: the client spoke HTTP without TLS. Then what is written goes out plain.
  bool was_spoken_to_plainly();
  Step read_some(std::span<char> into);
  Step write_some(std::array<std::string_view, 2> pieces);
  /// Whether something has come that no socket will tell of.
  bool holds_more() const;
  /// Whether something has come, as far as can be seen without reading.
  bool has_news();
  bool is_secure() const { return tls_ != nullptr; }

  /// Ends on close() and cancel() too, then false.
  auto ready(Wait wait) {
    const auto what = wait == Wait::writable ? Socket::wait_write : Socket::wait_read;
    return await_io([this, what](auto done) { socket_.async_wait(what, std::move(done)); });
  }
  Socket& socket() { return socket_; }
  /// What waits ends; the connection stays.
  void cancel();
  /// Tells the other side that nothing more is sent.
  void finish();
  void close();
  /// Drops what has not been taken, too: after close() the kernel would keep it for a reader that never reads.
  void abort();

 private:
  Step tls_step(int outcome) const;

  Socket socket_;
  SslPtr tls_;
  bool read_all_ = true;  ///< the last read took what there was
};

}  // namespace cloudcart::http
