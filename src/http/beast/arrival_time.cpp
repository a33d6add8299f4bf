#include "http/beast/arrival_time.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace cloudcart::http {
namespace {

/// Beyond it a clock was set, or somebody stopped the process for so long that its clients have gone.
constexpr seconds longest_plausible_wait{60};

MonotonicTime arrival_by(const msghdr& message) {
  const auto now = std::chrono::steady_clock::now();
  for (auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec came{}, system_now{};
    std::memcpy(&came, CMSG_DATA(part), sizeof came);
    ::clock_gettime(CLOCK_REALTIME, &system_now);
    const auto waited = seconds{system_now.tv_sec - came.tv_sec} +
                        std::chrono::nanoseconds{system_now.tv_nsec - came.tv_nsec};
    return waited > seconds{0} && waited < longest_plausible_wait ? now - waited : now;
  }
  return now;
}

Received receive(int socket, std::span<char> into, int flags) {
  iovec place{.iov_base = into.data(), .iov_len = into.size()};
  alignas(cmsghdr) std::array<char, 128> control;
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Received received{.bytes = ::recvmsg(socket, &message, flags | MSG_DONTWAIT)};
  if (received.bytes <= 0) message.msg_controllen = 0;
  const int failure = errno;  // may be changed by what follows
  received.arrived_at = arrival_by(message);
  errno = failure;
  return received;
}

}  // namespace

void note_arrival_times(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

Received receive(int socket, std::span<char> into) {
  return receive(socket, into, 0);
}

MonotonicTime arrival_of_next_byte(int socket) {
  char byte;
  return receive(socket, {&byte, 1}, MSG_PEEK).arrived_at;
}

}  // namespace cloudcart::http
