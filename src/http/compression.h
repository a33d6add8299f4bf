#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace cloudcart::http {

enum class Encoding : std::uint8_t { identity, gzip, brotli };

/// What an Accept-Encoding field allows (RFC 9110 section 12.5.3; a q of 0 forbids).
bool accepts(std::string_view accept_encoding, Encoding encoding);

/// As RFC 1952 has it; nullopt when zlib has no memory for it.
std::optional<std::string> gzip(std::string_view data);

/// Compresses a text body of a kilobyte or more with gzip when the request accepts it.
void compress(const Request& request, Response& response);

}  // namespace cloudcart::http
