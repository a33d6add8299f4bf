#include "product/domain/web_address.h"

#include <algorithm>

#include "core/text.h"

namespace cloudcart::product {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Letters, digits, hyphens and dots, no empty label; or a bracketed IPv6 address.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 4) return false;
    return host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
           std::string_view::npos;
  }
  const auto labels = split(host, '.');
  return std::ranges::all_of(labels, [](std::string_view label) {
    return !label.empty() &&
           std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
  });
}

bool is_port(std::string_view port) {
  return port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

bool is_authority(std::string_view authority) {
  const auto colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  if (!has_port) return is_host(authority);
  return is_host(authority.substr(0, colon)) && is_port(authority.substr(colon + 1));
}

/// Path, query and fragment: unreserved and reserved characters, and percent escapes that are whole.
bool is_rest(std::string_view rest) {
  static constexpr std::string_view marks = "-._~:/?#@!$&'()*+,;=%";
  const bool known = std::ranges::all_of(
      rest, [](char c) { return is_alphanumeric(c) || marks.find(c) != std::string_view::npos; });
  return known && percent_decode(rest, false).has_value();
}

}  // namespace

bool is_web_address(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto scheme = text.substr(0, scheme_end);
  if (!ascii_iequals(scheme, "http") && !ascii_iequals(scheme, "https")) return false;
  text.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  return is_authority(text.substr(0, authority_end)) && is_rest(text.substr(authority_end));
}

}  // namespace cloudcart::product
