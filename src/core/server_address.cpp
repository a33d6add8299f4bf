#include "core/server_address.h"

#include <charconv>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart {
namespace {

bool read_who(std::string_view who, ServerAddress& address) {
  const auto colon = std::min(who.find(':'), who.size());
  const auto user = percent_decode(who.substr(0, colon), false);
  const auto password = percent_decode(colon == who.size() ? "" : who.substr(colon + 1), false);
  if (!user || !password) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

bool read_place(std::string_view place, ServerAddress& address) {
  const auto colon = place.rfind(':');
  if (colon == std::string_view::npos) return false;
  auto host = place.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of(in_brackets ? "[]/@ " : ":[]/@ ") != std::string_view::npos)
    return false;
  address.host = host;
  const auto port = place.substr(colon + 1);
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  return failure == std::errc{} && end == port.data() + port.size() && address.port != 0;
}

}  // namespace

std::string ServerAddress::place() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::optional<ServerAddress> parse_server_address(std::string_view text, AddressSchemes schemes) {
  ServerAddress address;
  if (text.starts_with(schemes.tls)) {
    address.tls = true;
    text.remove_prefix(schemes.tls.size());
  } else if (text.starts_with(schemes.plain)) {
    text.remove_prefix(schemes.plain.size());
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!read_who(text.substr(0, at), address)) return std::nullopt;
    text.remove_prefix(at + 1);
  }
  if (!read_place(text, address)) return std::nullopt;
  return address;
}

}  // namespace cloudcart
