#include "http/web_url.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::http {
namespace {

constexpr std::uint16_t http_port = 80, https_port = 443;
constexpr std::size_t max_host_length = 253;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host_name(std::string_view host) {
  if (host.size() > max_host_length) return false;
  return std::ranges::all_of(split(host, '.'), [](std::string_view label) {
    return !label.empty() &&
           std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
  });
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return !host.contains('\0') && inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// Path and query: characters that stand for themselves, and percent escapes that are whole.
bool is_target(std::string_view target) {
  static constexpr std::string_view marks = "-._~:/?@!$&'()*+,;=%[]";
  const auto is_known = [](char c) { return is_alphanumeric(c) || marks.find(c) != std::string_view::npos; };
  return std::ranges::all_of(target, is_known) && percent_decode(target, false).has_value();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Takes host and port from `authority`; false when they are none.
bool read_authority(std::string_view authority, WebUrl& url) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    url.host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (!is_ipv6(url.host)) return false;
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    rest = authority.substr(colon);
    if (!is_host_name(url.host)) return false;
  }
  if (rest.empty()) return true;
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  url.port = port.value_or(0);
  return port.has_value();
}

}  // namespace

std::string WebUrl::authority() const {
  const auto shown = host.contains(':') ? fmt::format("[{}]", host) : host;
  return port == (tls ? https_port : http_port) ? shown : fmt::format("{}:{}", shown, port);
}

std::optional<WebUrl> parse_web_url(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const auto scheme = text.substr(0, scheme_end);
  WebUrl url{.tls = ascii_iequals(scheme, "https")};
  if (!url.tls && !ascii_iequals(scheme, "http")) return std::nullopt;
  url.port = url.tls ? https_port : http_port;
  text.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  if (!read_authority(text.substr(0, authority_end), url)) return std::nullopt;
  url.target = text.substr(authority_end);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  if (!is_target(url.target)) return std::nullopt;
  return url;
}

}  // namespace cloudcart::http
