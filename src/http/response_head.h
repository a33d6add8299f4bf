#pragma once

#include <string>

#include "http/message.h"

namespace cloudcart::http {

/// Status line and header fields of HTTP/1.1, with the empty line. `chunks`: whether a stream comes in chunks; to clients of
/// HTTP/1.0, which know none, it goes on until the connection is closed.
std::string head_of(const Response& response, bool keep_alive, bool chunks = true);

}  // namespace cloudcart::http
