#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/commands.h"
#include "http/beast/probe.h"

namespace cloudcart::app {
namespace {

struct Asked {
  std::string name;
  http::WebUrl url;
};

/// What can be connected to where a process listens on `bind`.
std::string host_of(const std::string& bind) {
  if (bind == "0.0.0.0") return "127.0.0.1";
  return bind == "::" ? "::1" : bind;
}

std::uint16_t port_of(const Config::Ports& ports, Service service) {
  switch (service) {
    case Service::user:
      return ports.user;
    case Service::product:
      return ports.product;
    case Service::order:
      return ports.order;
    case Service::analytics:
      return ports.analytics;
    case Service::gateway:
      return ports.gateway;
  }
  throw std::logic_error("there is no such service");
}

/// What a process of these settings serves (see Listeners): by TLS what clients reach, if it has a certificate.
std::vector<Asked> served_by(const Config& config, const std::string& target) {
  const bool has_certificate = !config.tls.certificate.empty();
  std::vector<Asked> all;
  const auto add = [&](std::string name, std::uint16_t port, bool is_inside) {
    const bool is_hidden = is_inside && has_certificate && config.services.empty();
    all.push_back({std::move(name),
                   {.tls = has_certificate && !is_inside,
                    .host = is_hidden ? "127.0.0.1" : host_of(config.bind),
                    .port = port,
                    .target = target}});
  };
  for (const auto service : all_services)
    if (config.runs(service))
      add(std::string{to_string(service)}, port_of(config.ports, service), service != Service::gateway);
  if (config.runs(Service::gateway)) add("dashboard", config.ports.dashboard, false);
  return all;
}

Result<std::vector<Asked>> whom_to_ask(const Config& config, const HealthCommand& options) {
  const std::string target = options.live ? "/health" : "/ready";
  if (options.url) {
    auto url = http::parse_web_url(*options.url);
    if (!url)
      return fail(ErrorCode::validation_failed, "--url must be an address like http://127.0.0.1:8080");
    if (url->target == "/") url->target = target;
    return std::vector{Asked{.name = *options.url, .url = *std::move(url)}};
  }
  auto all = served_by(config, target);
  for (const auto& [name, url] : all)
    if (url.port == 0)
      return fail(ErrorCode::validation_failed,
                  fmt::format("ports.{} is any free one: say which by --url http://host:port", name));
  return all;
}

/// What is wrong with it; empty: nothing.
std::string fault_of(const Asked& asked, milliseconds limit) {
  const auto status = http::probe(asked.url, limit);
  if (status && *status >= 200 && *status < 300) return "";
  const auto address =
      fmt::format("{}://{}{}", asked.url.tls ? "https" : "http", asked.url.authority(), asked.url.target);
  return fmt::format("{} ({}: {})", asked.name, address,
                     status ? fmt::format("answered {}", *status) : status.error().message);
}

}  // namespace

int check_health(const Config& config, const HealthCommand& options) {
  const auto all = whom_to_ask(config, options);
  if (!all) {
    fmt::print(stderr, "cloudcart: {}\n", all.error().message);
    return exit_unusable;
  }
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  std::vector<std::string> names, faults;
  for (const auto& asked : *all) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    names.push_back(asked.name);
    if (auto fault = fault_of(asked, std::max(left, milliseconds{1})); !fault.empty())
      faults.push_back(std::move(fault));
  }
  const std::string_view word = options.live ? "alive" : "ready";
  if (faults.empty()) {
    fmt::print("{}: {}\n", word, fmt::join(names, ", "));
  } else {
    fmt::print("not {}: {}\n", word, fmt::join(faults, ", "));
  }
  return faults.empty() ? exit_ok : exit_failed;
}

}  // namespace cloudcart::app
