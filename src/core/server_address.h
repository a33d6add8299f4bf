#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

/// Where a server that the platform stands on is, and as whom it is spoken to.
struct ServerAddress {
  bool tls = false;
  std::string user, password;  ///< empty: none
  std::string host;            ///< a name or an address; IPv6 without its brackets
  std::uint16_t port = 0;

  /// host:port, fit to be shown to people.
  std::string place() const;
  bool operator==(const ServerAddress&) const = default;
};

/// What an address of a kind begins with, without and with TLS.
struct AddressSchemes {
  std::string_view plain, tls;
};
inline constexpr AddressSchemes redis_schemes{"redis://", "rediss://"};
inline constexpr AddressSchemes http_schemes{"http://", "https://"};

/// [scheme][[user][:password]@]host:port, user and password percent-encoded where they have to be; without a scheme: plain.
/// Nullopt for anything else.
std::optional<ServerAddress> parse_server_address(std::string_view text, AddressSchemes schemes);

}  // namespace cloudcart
