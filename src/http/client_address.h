#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace cloudcart::http {

/// An IP address as 16 bytes. IPv4 is ::ffff:a.b.c.d, so that both forms of one are equal.
using AddressBytes = std::array<std::uint8_t, 16>;

struct AddressHash {
  std::size_t operator()(const AddressBytes& address) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(address.data()), address.size()});
  }
};

/// Of "192.0.2.1" or "2001:db8::1" without brackets or port; a zone ("%eth0") is not looked at.
std::optional<AddressBytes> parse_address(std::string_view text);

/// Addresses with a prefix in common.
struct AddressBlock {
  AddressBytes prefix{};
  int bits = 128;  ///< of the 16 bytes

  /// "192.0.2.0/24", "2001:db8::/32", or one address.
  static std::optional<AddressBlock> parse(std::string_view text);
  bool contains(const AddressBytes& address) const;
};

class AddressBlocks {
 public:
  AddressBlocks() = default;
  explicit AddressBlocks(std::vector<AddressBlock> blocks) : blocks_(std::move(blocks)) {}
  bool contains(const AddressBytes& address) const;
  /// False for what is no address.
  bool contains(std::string_view address) const;

 private:
  std::vector<AddressBlock> blocks_;
};

/// Who is behind one connection: the address, or the /64 of an IPv6 one, which a single subscriber has whole.
AddressBytes network_of(const AddressBytes& address);
/// The same as a text to count by, "192.0.2.1" or "2001:db8:1:2::/64"; what is no address stands for itself.
std::string network_of(std::string_view address);

/// The client that sent a request: its connection's address, or, when that is a trusted proxy's, the last one in
/// X-Forwarded-For that is no trusted proxy's. What stands further left anybody can have written, so it is not looked at;
/// where the list cannot be read, the address that was reached so far counts.
std::string client_address(const Request& request, const AddressBlocks& trusted_proxies);

}  // namespace cloudcart::http
