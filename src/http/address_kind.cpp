#include "http/address_kind.h"

#include <algorithm>
#include <array>

namespace cloudcart::http {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Range {
  std::array<std::uint8_t, 16> prefix;
  int bits;
  AddressKind kind;
};

/// The first that fits counts.
constexpr std::array ipv4_ranges{
    Range{{0}, 8, AddressKind::forbidden},                    // this network
    Range{{169, 254}, 16, AddressKind::forbidden},            // link-local, metadata of clouds
    Range{{100, 100, 100, 200}, 32, AddressKind::forbidden},  // metadata of one more cloud
    Range{{168, 63, 129, 16}, 32, AddressKind::forbidden},    // of a third
    Range{{192, 0, 0, 192}, 32, AddressKind::forbidden},      // of a fourth
    Range{{224}, 3, AddressKind::forbidden},                  // multicast, reserved, broadcast
    Range{{192, 0, 2}, 24, AddressKind::forbidden},           // documentation
    Range{{198, 51, 100}, 24, AddressKind::forbidden},        //
    Range{{203, 0, 113}, 24, AddressKind::forbidden},         //
    Range{{10}, 8, AddressKind::own},                         // private
    Range{{172, 16}, 12, AddressKind::own},                   //
    Range{{192, 168}, 16, AddressKind::own},                  //
    Range{{127}, 8, AddressKind::own},                        // loopback
    Range{{100, 64}, 10, AddressKind::own},                   // shared, of carriers
    Range{{192, 0, 0}, 24, AddressKind::own},                 // protocol assignments
    Range{{198, 18}, 15, AddressKind::own},                   // benchmarks
};

constexpr std::array ipv6_ranges{
    Range{{0xfd, 0x00, 0x0e, 0xc2}, 32, AddressKind::forbidden},                     // metadata of a cloud
    Range{{0xfd, 0x20, 0, 0xce}, 32, AddressKind::forbidden},                        // of another
    Range{{0xfe, 0x80}, 10, AddressKind::forbidden},                                 // link-local
    Range{{0xff}, 8, AddressKind::forbidden},                                        // multicast
    Range{{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::forbidden},                     // documentation
    Range{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::own},  // loopback
    Range{{0xfc}, 7, AddressKind::own},                                              // unique local
    Range{{0xfe, 0xc0}, 10, AddressKind::own},                                       // site-local, deprecated
    Range{{0x20}, 3, AddressKind::open},                                             // global unicast
};

struct Embedded {
  std::array<std::uint8_t, 16> prefix;
  int bits;
  std::size_t at;  ///< where the IPv4 address stands
};
constexpr std::array embedded_ranges{
    Embedded{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // mapped
    Embedded{{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // NAT64
    Embedded{{0x20, 0x02}, 16, 2},                                 // 6to4
};

bool fits(Bytes address, const std::array<std::uint8_t, 16>& prefix, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole), address.begin()))
    return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (address[whole] & mask) == (prefix[whole] & mask);
}

}  // namespace

AddressKind kind_of_address(Bytes bytes) {
  if (bytes.size() == 4) {
    for (const auto& range : ipv4_ranges)
      if (fits(bytes, range.prefix, range.bits)) return range.kind;
    return AddressKind::open;
  }
  if (bytes.size() != 16) return AddressKind::forbidden;
  for (const auto& range : embedded_ranges)
    if (fits(bytes, range.prefix, range.bits)) return kind_of_address(bytes.subspan(range.at, 4));
  for (const auto& range : ipv6_ranges)
    if (fits(bytes, range.prefix, range.bits)) return range.kind;
  return AddressKind::forbidden;
}

}  // namespace cloudcart::http
