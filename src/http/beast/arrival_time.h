#pragma once

#include "core/timestamp.h"

namespace cloudcart::http {

/// From now on the system notes when bytes come in on this socket.
void note_arrival_times(int socket);

/// When the next unread byte of the socket came in, which may be long before its thread found the time to read it; now,
/// if that is not known or makes no sense, as after the system's clock was set.
MonotonicTime arrival_of_next_byte(int socket);

}  // namespace cloudcart::http
