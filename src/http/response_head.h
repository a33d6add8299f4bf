#pragma once

#include <string>

#include "http/message.h"

namespace cloudcart::http {

/// Status line and header fields of HTTP/1.1, with the empty line.
std::string head_of(const Response& response, bool keep_alive);

}  // namespace cloudcart::http
