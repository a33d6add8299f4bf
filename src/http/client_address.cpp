#include "http/client_address.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include <arpa/inet.h>

#include "core/text.h"

namespace cloudcart::http {
namespace {

constexpr AddressBytes mapped_ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int mapped_bits = 96;

bool is_ipv4(const AddressBytes& address) {
  return std::equal(mapped_ipv4.begin(), mapped_ipv4.begin() + mapped_bits / 8, address.begin());
}

/// Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  // The zone of a link-local address says which network it is on, not who.
  const std::string terminated(text.substr(0, std::min<std::size_t>(text.find('%'), INET6_ADDRSTRLEN)));
  AddressBytes bytes = mapped_ipv4;
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data() + mapped_bits / 8) == 1) return bytes;
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressBlock> AddressBlock::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return AddressBlock{*address, 128};
  const auto length = text.substr(slash + 1);
  const bool short_form = text.substr(0, slash).find(':') == std::string_view::npos;
  int bits = -1;
  const auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (failure != std::errc{} || end != length.data() + length.size() || bits < 0 ||
      bits > (short_form ? 32 : 128))
    return std::nullopt;
  return AddressBlock{*address, bits + (short_form ? mapped_bits : 0)};
}

bool AddressBlock::contains(const AddressBytes& address) const {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole), address.begin()))
    return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return ((prefix[whole] ^ address[whole]) & mask) == 0;
}

bool AddressBlocks::contains(const AddressBytes& address) const {
  return std::ranges::any_of(blocks_, [&](const AddressBlock& block) { return block.contains(address); });
}

bool AddressBlocks::contains(std::string_view address) const {
  if (blocks_.empty()) return false;
  const auto bytes = parse_address(address);
  return bytes && contains(*bytes);
}

AddressBytes network_of(const AddressBytes& address) {
  auto network = address;
  if (!is_ipv4(address)) std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  return network;
}

std::string network_of(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes) return std::string{address};
  const auto network = network_of(*bytes);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(network)) return inet_ntop(AF_INET, network.data() + mapped_bits / 8, text.data(), text.size());
  return std::string{inet_ntop(AF_INET6, network.data(), text.data(), text.size())} + "/64";
}

std::string client_address(const Request& request, const AddressBlocks& trusted_proxies) {
  std::string client = request.remote_address;
  if (!trusted_proxies.contains(client)) return client;
  // Several fields are one list, in their order.
  for (const auto& [name, value] : request.headers.fields() | std::views::reverse) {
    if (!ascii_iequals(name, "X-Forwarded-For")) continue;
    for (const auto entry : split(value, ',') | std::views::reverse) {
      const auto address = without_port(trim(entry));
      if (!parse_address(address)) return client;
      client = address;
      if (!trusted_proxies.contains(client)) return client;
    }
  }
  return client;
}

}  // namespace cloudcart::http
