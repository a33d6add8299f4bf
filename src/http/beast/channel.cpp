#include "http/beast/channel.h"

#include <boost/asio/buffer.hpp>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http/beast/arrival_time.h"

namespace cloudcart::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// What the kernel takes beyond what is on its way. Without a bound it would hold some MB for each reader that reads nothing,
/// where nobody counts them; fast readers do not notice, since what is on its way is not bounded by this.
constexpr int most_unsent = 64 << 10;

/// The beginning of both as one piece, so that they go out in one record. The same again when it is tried again, as OpenSSL
/// wants it.
std::string_view joined(std::array<std::string_view, 2> pieces) {
  if (pieces[0].empty()) return pieces[1];
  if (pieces[1].empty()) return pieces[0];
  thread_local std::array<char, 16 << 10> record;
  const auto first = pieces[0].copy(record.data(), record.size());
  const auto second = pieces[1].copy(record.data() + first, record.size() - first);
  return {record.data(), first + second};
}

}  // namespace

Channel::Channel(Socket socket, SslPtr tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent, sizeof most_unsent);
  if (tls_) SSL_set_fd(tls_.get(), socket_.native_handle());
}

Channel::Step Channel::tls_step(int outcome) const {
  switch (SSL_get_error(tls_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return {.wait = Wait::readable};
    case SSL_ERROR_WANT_WRITE:
      return {.wait = Wait::writable};
    default:
      return {.is_over = true};
  }
}

Channel::Step Channel::shake_hands() {
  if (!socket_.is_open()) return {.is_over = true};
  ERR_clear_error();
  const int outcome = SSL_accept(tls_.get());
  return outcome == 1 ? Step{} : tls_step(outcome);
}

bool Channel::was_spoken_to_plainly() {
  if (ERR_GET_REASON(ERR_peek_last_error()) != SSL_R_HTTP_REQUEST) return false;
  tls_.reset();
  return true;
}

Channel::Step Channel::read_some(std::span<char> into) {
  // A handle that was closed may be somebody else's by now, and OpenSSL would not know.
  if (!socket_.is_open()) return {.is_over = true};
  const int handle = socket_.native_handle();
  if (tls_) {
    const auto arrived_at = arrival_of_next_byte(handle);
    ERR_clear_error();
    const int outcome = SSL_read(tls_.get(), into.data(), static_cast<int>(into.size()));
    return outcome > 0 ? Step{.bytes = static_cast<std::size_t>(outcome), .arrived_at = arrived_at}
                       : tls_step(outcome);
  }
  const auto received = receive(handle, into);
  read_all_ = received.bytes < static_cast<std::ptrdiff_t>(into.size());
  if (received.bytes > 0)
    return {.bytes = static_cast<std::size_t>(received.bytes), .arrived_at = received.arrived_at};
  const bool may_come = received.bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return may_come ? Step{.wait = Wait::readable} : Step{.is_over = true};
}

Channel::Step Channel::write_some(std::array<std::string_view, 2> pieces) {
  if (!socket_.is_open()) return {.is_over = true};
  if (tls_) {
    const auto piece = joined(pieces);
    if (piece.empty()) return {};
    ERR_clear_error();
    const auto most = std::min<std::size_t>(piece.size(), 1 << 20);
    const int outcome = SSL_write(tls_.get(), piece.data(), static_cast<int>(most));
    return outcome > 0 ? Step{.bytes = static_cast<std::size_t>(outcome)} : tls_step(outcome);
  }
  error_code ec;
  const std::array buffers{asio::buffer(pieces[0]), asio::buffer(pieces[1])};
  const auto bytes = socket_.write_some(buffers, ec);
  if (!ec) return {.bytes = bytes};
  if (ec == asio::error::would_block || ec == asio::error::try_again || ec == asio::error::interrupted)
    return {.wait = Wait::writable};
  return {.is_over = true};
}

bool Channel::holds_more() const {
  return tls_ ? SSL_has_pending(tls_.get()) == 1 : !read_all_;
}

bool Channel::has_news() {
  error_code ignored;
  return holds_more() || socket_.available(ignored) > 0;
}

void Channel::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Channel::finish() {
  if (!socket_.is_open()) return;
  if (tls_ && SSL_is_init_finished(tls_.get())) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Channel::abort() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace cloudcart::http
