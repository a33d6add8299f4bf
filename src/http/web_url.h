#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart::http {

/// Where a request goes that leaves the platform.
struct WebUrl {
  bool tls = false;
  std::string host;  ///< a name or an address; IPv6 without its brackets
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query

  /// As it stands in the Host field: with brackets where they belong, and the port unless it is the scheme's
  /// own.
  std::string authority() const;
  bool operator==(const WebUrl&) const = default;
};

/// An absolute http or https URL (RFC 3986). Nullopt for anything else, for user names and fragments, which
/// such a request has no use for, and for characters that would have to be escaped.
std::optional<WebUrl> parse_web_url(std::string_view text);

}  // namespace cloudcart::http
