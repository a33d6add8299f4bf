#pragma once

#include <cstdint>
#include <span>

namespace cloudcart::http {

/// Whom a connection to an address can reach, for requests whose destination someone else has chosen.
enum class AddressKind : std::uint8_t {
  open,       ///< the Internet
  own,        ///< this machine and its network: loopback, private, shared and unique local addresses
  forbidden,  ///< never a destination: link-local (where clouds keep their instance metadata), multicast,
              ///< unspecified, reserved
};

/// Of 4 bytes (IPv4) or 16 (IPv6), by the special-purpose registries of IANA (RFC 6890). An IPv6 address that
/// stands for an IPv4 one (mapped, RFC 4291; NAT64, RFC 6052; 6to4, RFC 3056) is what that one is.
AddressKind kind_of_address(std::span<const std::uint8_t> bytes);

}  // namespace cloudcart::http
