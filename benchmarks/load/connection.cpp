#include "load/connection.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace cloudcart::load {

bool Connection::open(const Address& address, int epoll, std::uint32_t tag) {
  close();
  const auto* to = reinterpret_cast<const sockaddr*>(&address.bytes);
  socket_ = ::socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u32 = tag}};
  const bool good = (::connect(socket_, to, address.size) == 0 || errno == EINPROGRESS) &&
                    ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &event) == 0;
  if (good) {
    state_ = State::connecting;
    return true;
  }
  const int why = errno;
  close();
  errno = why;
  return false;
}

bool Connection::finish_connecting() {
  int why = 0;
  socklen_t size = sizeof why;
  if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = errno;
  if (why == 0) {
    state_ = State::idle;
    return true;
  }
  close();
  errno = why;
  return false;
}

void Connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::closed;
  parser_.reset();
}

bool Connection::send() {
  state_ = State::busy;
  sent_ = 0;
  return send_rest();
}

bool Connection::send_rest() {
  while (sent_ < request_.size()) {
    const auto done = ::send(socket_, request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    sent_ += static_cast<std::size_t>(done);
  }
  return true;
}

Connection::Received Connection::receive(std::span<char> buffer) {
  for (;;) {
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Received::nothing_yet : Received::reset;
    if (got == 0) return Received::closed;
    const auto size = static_cast<std::size_t>(got);
    const auto received = take({buffer.data(), size});
    // A read that did not fill the buffer has emptied the socket (epoll(7), on EPOLLET). The end of the stream is
    // told by EPOLLRDHUP, which comes again or has come with this event.
    if (received != Received::nothing_yet || size < buffer.size()) return received;
  }
}

Connection::Received Connection::take(std::string_view bytes) {
  if (state_ != State::busy) return Received::unasked;
  const auto [state, used] = parser_.push(bytes);
  if (state == ResponseParser::State::broken) return Received::malformed;
  if (state == ResponseParser::State::needs_more) return Received::nothing_yet;
  if (used != bytes.size()) return Received::unasked;
  state_ = State::idle;
  return Received::answer;
}

}  // namespace cloudcart::load
