#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/redis/cache/exchanges.h"
#include "core/server_address.h"
#include "runtime/event_loop.h"
#include "tls/client_session.h"

namespace cloudcart::redis {

/// One connection, on which exchanges are under way one behind the other. Used on its loop's thread alone.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  /// Hears what becomes of it; outlives the loop's thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// An exchange has waited until its late_at.
    virtual void on_late() = 0;
    /// Once, after everything under way has been aborted.
    virtual void on_closed(const std::string& why) = 0;
  };

  /// `trust`: of a connection with TLS, which outlives it; else null.
  Connection(EventLoop& loop, Listener& listener, std::size_t max_reply_bytes, ssl_ctx_st* trust);

  /// Why it could not be opened until then; nullopt when it is open. A TLS handshake goes on with what is sent first.
  Task<std::optional<std::string>> open(ServerAddress address, MonotonicTime until);
  /// Takes its place in the queue; goes out with the next flush(). Is aborted at once when nothing is open.
  void send(std::unique_ptr<Exchange> exchange);
  void flush();
  void close(const std::string& why);
  bool is_open() const { return open_; }

 private:
  Task<boost::system::error_code> connect(std::string host, std::string port);
  void wait_for_input();
  /// Takes in what has come.
  void read();
  void take_replies();
  /// Takes in bytes as they came; false when that closed it.
  bool take_bytes(std::string_view bytes);
  void look_after(MonotonicTime limit);
  /// Expires those whose time is over.
  void sweep();

  EventLoop& loop_;
  Listener& listener_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  MonotonicTime look_at_ = MonotonicTime::max();
  bool open_ = false, closed_ = false, writing_ = false;
  ssl_ctx_st* const trust_;
  std::optional<tls::ClientSession> tls_;
  std::string outgoing_;  ///< to be written next
  std::string written_;   ///< being written
  std::array<char, 65'536> input_;
  ReplyReader replies_;
  std::deque<std::unique_ptr<Exchange>> under_way_;
};

}  // namespace cloudcart::redis
