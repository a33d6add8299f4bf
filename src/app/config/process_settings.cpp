#include <algorithm>

#include "app/config/setting_kinds.h"
#include "app/config/setting_tables.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

Refusal assign_services(Config& config, const std::string& text) {
  for (const auto word : split(text, ',')) {
    const auto service = parse_service(trim(word));
    if (!service) return "some of user, product, order, analytics, gateway";
    config.services.insert(*service);
  }
  return std::nullopt;
}

Setting port_setting(std::string name, std::uint16_t Config::Ports::* member) {
  return integer_setting<std::uint16_t>(
      "ports." + name, fmt::format("Port of {} (0: any free one)", name),
      [member](Config& config) -> std::uint16_t& { return config.ports.*member; }, 0, 65535);
}

Setting upstream_setting(Service service) {
  return {fmt::format("upstreams.{}", to_string(service)),
          fmt::format("Address of the {} service when another process runs it, http://host:port; those of "
                      "several processes of it separated by commas",
                      to_string(service)),
          [service](Config& config, const std::string& text) -> Refusal {
            std::vector<std::string> addresses;
            for (const auto part : split(text, ',')) {
              const std::string address{trim(part)};
              if (!address.starts_with("http://") || std::ranges::find(addresses, address) != addresses.end())
                return "an address like http://127.0.0.1:3001, or several, each once, separated by commas";
              addresses.push_back(address);
            }
            config.upstreams[service] = std::move(addresses);
            return std::nullopt;
          }};
}

Refusal assign_lame_duck(Config& config, const std::string& text) {
  return parse_pause(text, config.runtime.lame_duck.emplace());
}

}  // namespace

void add_place_settings(std::vector<Setting>& all) {
  all.push_back(path_setting("data_dir", "Folder of the embedded stores",
                             [](Config& c) -> auto& { return c.data_dir; }));
  all.push_back(text_setting("bind", "IP address to listen on", [](Config& c) -> auto& { return c.bind; }));
  all.push_back({"services", "Which services this process runs (default: all)", assign_services});
  all.push_back(port_setting("user", &Config::Ports::user));
  all.push_back(port_setting("product", &Config::Ports::product));
  all.push_back(port_setting("order", &Config::Ports::order));
  all.push_back(port_setting("analytics", &Config::Ports::analytics));
  all.push_back(port_setting("gateway", &Config::Ports::gateway));
  all.push_back(port_setting("dashboard", &Config::Ports::dashboard));
}

void add_upstream_settings(std::vector<Setting>& all) {
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics})
    all.push_back(upstream_setting(service));
  all.push_back(integer_setting<std::uint64_t>(
      "upstreams.max_connections",
      "Connections to each process that is asked, kept ones included; streams do not count",
      [](Config& c) -> auto& { return c.upstream.max_connections; }, 1, 100'000));
  all.push_back(integer_setting<std::uint64_t>(
      "upstreams.max_waiting", "Requests that may wait for one of them; more are answered 503 at once",
      [](Config& c) -> auto& { return c.upstream.max_waiting; }, 0, 1'000'000));
  all.push_back(
      {"upstreams.hedge_after",
       "After what time the gateway asks a second process for a read that has no answer yet, where a "
       "service has several; 0: never (default). Best a little above what nearly all reads take",
       [](Config& config, const std::string& text) {
         return parse_pause(text, config.upstream.hedge_after);
       }});
}

void add_runtime_settings(std::vector<Setting>& all) {
  all.push_back(integer_setting<std::uint64_t>(
      "runtime.event_loops", "Threads for network work (0: one per core, at most 8)",
      [](Config& c) -> auto& { return c.runtime.event_loops; }, 0, 64));
  all.push_back(integer_setting<std::uint64_t>(
      "runtime.reader_threads", "Threads for reads from the stores",
      [](Config& c) -> auto& { return c.runtime.reader_threads; }, 1, 64));
  all.push_back(integer_setting<std::uint64_t>(
      "runtime.hashing_threads", "Threads for password hashing",
      [](Config& c) -> auto& { return c.runtime.hashing_threads; }, 1, 64));
  all.push_back(integer_setting<std::uint64_t>(
      "runtime.analytics_threads", "Threads that work out figures from files",
      [](Config& c) -> auto& { return c.runtime.analytics_threads; }, 1, 64));
  all.push_back(duration_setting<milliseconds>(
      "runtime.drain_timeout", "How long a stop may take until requests that are still under way are cut off",
      [](Config& c) -> auto& { return c.runtime.drain_timeout; }));
  all.push_back(
      {"runtime.lame_duck",
       "How much of that a process goes on serving while /ready says that it stops, so that those who "
       "balance over several notice (default: 2500ms, and 0 where all services are in one process)",
       assign_lame_duck});
}

void add_log_settings(std::vector<Setting>& all) {
  all.push_back(word_setting("log.level", "How much is logged",
                             {"trace", "debug", "info", "warn", "error", "off"},
                             [](Config& c) -> auto& { return c.log.level; }));
  all.push_back(word_setting("log.format", "JSON lines, text, or auto: text on a terminal",
                             {"auto", "json", "text"}, [](Config& c) -> auto& { return c.log.format; }));
  all.push_back(boolean_setting("log.access", "One line for each request",
                                [](Config& c) -> auto& { return c.log.access; }));
}

}  // namespace cloudcart::app
