#include "app/config/setting_kinds.h"
#include "app/config/setting_tables.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

Refusal assign_origins(Config& config, const std::string& text) {
  config.http.allowed_origins.clear();
  for (const auto origin : split(text, ',')) {
    const auto trimmed = trim(origin);
    const auto scheme_end = trimmed.find("://");
    if (scheme_end == std::string_view::npos || trimmed.find('/', scheme_end + 3) != std::string_view::npos ||
        trimmed.find('*') != std::string_view::npos)
      return "exact origins like https://shop.example, separated by commas";
    config.http.allowed_origins.emplace_back(trimmed);
  }
  return std::nullopt;
}

Refusal assign_blocks(std::vector<http::AddressBlock>& blocks, const std::string& text) {
  blocks.clear();
  for (const auto part : split(text, ',')) {
    const auto block = http::AddressBlock::parse(trim(part));
    if (!block) return "addresses or blocks of them like 10.0.0.0/8 or 2001:db8::/32, separated by commas";
    blocks.push_back(*block);
  }
  return std::nullopt;
}

/// "600/60s": so many in a time; "off": no limit.
Refusal assign_quota(http::Quota& quota, const std::string& text) {
  constexpr std::string_view accepted = "off, or a number of requests in a time of 1s to 1h, like 600/60s";
  quota.requests = 0;
  if (text == "off") return std::nullopt;
  const auto slash = text.find('/');
  if (slash == std::string::npos || parse_integer(text.substr(0, slash), quota.requests, 1, 1'000'000'000) ||
      parse_duration(text.substr(slash + 1), quota.window) || quota.window < seconds{1} ||
      quota.window > seconds{3600})
    return std::string{accepted};
  return std::nullopt;
}

Setting quota_setting(std::string key, std::string help, std::function<http::Quota&(Config&)> member) {
  return {std::move(key), std::move(help),
          [member](Config& config, const std::string& text) { return assign_quota(member(config), text); }};
}

}  // namespace

void add_http_settings(std::vector<Setting>& all) {
  all.push_back(duration_setting<milliseconds>("http.request_timeout", "Time limit of a request",
                                               [](Config& c) -> auto& { return c.http.request_timeout; }));
  all.push_back(integer_setting<std::uint64_t>(
      "http.max_body_bytes", "Largest request body", [](Config& c) -> auto& { return c.http.max_body_bytes; },
      1024, 1 << 30));
  all.push_back(integer_setting<std::uint64_t>(
      "http.max_connections", "Connections per port",
      [](Config& c) -> auto& { return c.http.max_connections; }, 1, 1'000'000));
  all.push_back(integer_setting<std::uint64_t>(
      "http.max_held_bytes",
      "Memory per port for bodies that have not come whole and answers that have not been taken whole; "
      "beyond it the slowest "
      "connections are closed (default: 134217728)",
      [](Config& c) -> auto& { return c.http.max_held_bytes; }, 1 << 20, 1ULL << 40));
  all.push_back({"http.allowed_origins",
                 "Origins of other sites that may call from a browser, separated by commas", assign_origins});
  all.push_back(
      {"http.trusted_proxies",
       "Proxies in front of this process, addresses or blocks like 10.0.0.0/8 separated by commas: who they "
       "say the client "
       "is (X-Forwarded-For) counts for throttles, limits and logs (default: none, and nobody's word counts)",
       [](Config& c, const std::string& text) { return assign_blocks(c.http.trusted_proxies, text); }});
}

void add_tls_settings(std::vector<Setting>& all) {
  all.push_back(path_setting(
      "tls.certificate",
      "PEM file of the certificate that gateway and dashboard show, intermediates after it; with it "
      "they speak HTTPS only. Read again when it changes (default: none, plain HTTP)",
      [](Config& c) -> auto& { return c.tls.certificate; }));
  all.push_back(path_setting("tls.key", "PEM file of its key, without a password",
                             [](Config& c) -> auto& { return c.tls.key; }));
}

void add_limit_settings(std::vector<Setting>& all) {
  all.push_back(quota_setting(
      "limits.requests_per_client",
      "Requests of a client, an IPv4 address or an IPv6 /64, in a time; or off (default: 6000/60s)",
      [](Config& c) -> auto& { return c.limits.requests_per_client; }));
  all.push_back(quota_setting("limits.requests_per_account",
                              "Requests of whoever is signed in, in a time; or off (default: 3000/60s)",
                              [](Config& c) -> auto& { return c.limits.requests_per_account; }));
  all.push_back(quota_setting("limits.costly_per_client",
                              "Of those of a client, the ones that are much work or sign somebody in, in a "
                              "time; or off (default: 120/60s)",
                              [](Config& c) -> auto& { return c.limits.costly_per_client; }));
  all.push_back(integer_setting<std::uint64_t>(
      "limits.connections_per_client",
      "Connections of a client to each port (default: 1000); those of http.trusted_proxies do not count",
      [](Config& c) -> auto& { return c.limits.connections_per_client; }, 1, 1'000'000));
  all.push_back(integer_setting<std::uint64_t>(
      "limits.tracked_clients", "Clients and accounts whose requests are counted at a time (default: 100000)",
      [](Config& c) -> auto& { return c.limits.tracked_clients; }, 1'000, 100'000'000));
  all.push_back(
      {"limits.exempt_clients",
       "Clients without limits, addresses or blocks separated by commas (default: 127.0.0.0/8, ::1)",
       [](Config& c, const std::string& text) { return assign_blocks(c.limits.exempt_clients, text); }});
}

void add_overload_settings(std::vector<Setting>& all) {
  all.push_back(duration_setting<milliseconds>(
      "overload.queue_target", "How long a request may wait to be served while more come than can be",
      [](Config& c) -> auto& { return c.overload.queue_target; }));
  all.push_back(duration_setting<milliseconds>(
      "overload.queue_interval", "How long requests must have queued without a break before any is refused",
      [](Config& c) -> auto& { return c.overload.queue_interval; }));
  all.push_back(duration_setting<milliseconds>(
      "overload.sign_in_target",
      "The same as queue_target for sign-ins, which hash passwords and so take long",
      [](Config& c) -> auto& { return c.overload.sign_in_target; }));
  all.push_back(integer_setting<std::uint64_t>(
      "overload.max_waiting", "Requests that may wait to be served, of each priority on each event loop",
      [](Config& c) -> auto& { return c.overload.max_waiting; }, 1, 1'000'000));
  const auto most = [&all](std::string name, std::string what, std::uint64_t Config::Overload::* member) {
    all.push_back(integer_setting<std::uint64_t>(
        "overload." + name,
        fmt::format("{} that are served at a time; the others wait or are refused (0: all are refused)",
                    what),
        [member](Config& c) -> auto& { return c.overload.*member; }, 0, 1'000'000));
  };
  most("checkouts", "Changes of orders", &Config::Overload::checkouts);
  most("sign_ins", "Sign-ins and other changes of accounts", &Config::Overload::sign_ins);
  most("requests", "Other requests, as for products,", &Config::Overload::requests);
  most("analytics", "Requests for figures and recommendations", &Config::Overload::analytics);
}

}  // namespace cloudcart::app
