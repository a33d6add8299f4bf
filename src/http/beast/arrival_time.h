#pragma once

#include <span>

#include "core/timestamp.h"

namespace cloudcart::http {

/// From now on the system notes when bytes come in on this socket.
void note_arrival_times(int socket);

struct Received {
  std::ptrdiff_t bytes = 0;  ///< as of recv(2); errno says why when negative
  /// When the last of them came in, which may be long before its thread found the time to read it; now, if that is not
  /// known or makes no sense, as after the system's clock was set.
  MonotonicTime arrived_at{};
};

/// Reads what there is, without waiting.
Received receive(int socket, std::span<char> into);

/// When the next unread byte of the socket came in, likewise.
MonotonicTime arrival_of_next_byte(int socket);

}  // namespace cloudcart::http
