#include "http/beast/arrival_time.h"

#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace cloudcart::http {
namespace {

/// Beyond it a clock was set, or somebody stopped the process for so long that its clients have gone.
constexpr seconds longest_plausible_wait{60};

std::optional<timespec> time_of_next_byte(int socket) {
  char byte;
  iovec place{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, 128> control;
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(socket, &message, MSG_PEEK | MSG_DONTWAIT) <= 0) return std::nullopt;
  for (auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(part), sizeof time);
    return time;
  }
  return std::nullopt;
}

}  // namespace

void note_arrival_times(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

MonotonicTime arrival_of_next_byte(int socket) {
  const auto now = std::chrono::steady_clock::now();
  const auto came = time_of_next_byte(socket);
  if (!came) return now;
  timespec system_now{};
  ::clock_gettime(CLOCK_REALTIME, &system_now);
  const auto waited = seconds{system_now.tv_sec - came->tv_sec} +
                      std::chrono::nanoseconds{system_now.tv_nsec - came->tv_nsec};
  return waited > seconds{0} && waited < longest_plausible_wait ? now - waited : now;
}

}  // namespace cloudcart::http
