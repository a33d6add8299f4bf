#include <algorithm>

#include "app/config/setting_kinds.h"
#include "app/config/setting_tables.h"
#include "core/text.h"
#include "http/web_url.h"

namespace cloudcart::app {
namespace {

Refusal assign_endpoint(Config& config, const std::string& text) {
  const auto url = http::parse_web_url(text);
  if (!url || url->target.find('?') != std::string::npos)
    return "an address like http://127.0.0.1:4318 or https://collector.example/otlp";
  config.tracing.endpoint = text;
  return std::nullopt;
}

bool is_header(std::string_view pair) {
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  const auto name = pair.substr(0, equals), value = pair.substr(equals + 1);
  constexpr auto is_name_character = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  };
  return std::ranges::all_of(name, is_name_character) &&
         std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// What is refused is not shown: it may be a key.
Refusal assign_headers(Config& config, const std::string& text) {
  const auto pairs = split(text, ',');
  if (!std::ranges::all_of(pairs, [](std::string_view pair) { return is_header(trim(pair)); }))
    return "headers like Authorization=Bearer abc, several separated by commas";
  config.tracing.headers = text;
  return std::nullopt;
}

}  // namespace

void add_tracing_settings(std::vector<Setting>& all) {
  all.push_back({"tracing.endpoint",
                 "Collector of OpenTelemetry that gets traces, by OTLP over HTTP, http[s]://host:port "
                 "(default: nothing is traced)",
                 assign_endpoint});
  all.push_back({"tracing.sample_ratio", "Share of the requests that are traced, 0 to 1 (default: 0.01)",
                 [](Config& config, const std::string& text) {
                   return parse_fraction(text, config.tracing.sample_ratio, 0, 1);
                 }});
  all.push_back({"tracing.asked_per_second",
                 "Traces a second that clients get recorded beside that by the flag of their traceparent "
                 "(default: 1)",
                 [](Config& config, const std::string& text) {
                   return parse_fraction(text, config.tracing.asked_per_second, 0, 1'000);
                 }});
  all.push_back({"tracing.headers",
                 "Headers for the collector, name=value, several separated by commas; with a key better by "
                 "the environment",
                 assign_headers});
  all.push_back(path_setting(
      "tracing.ca_file", "File of certificates (PEM) of authorities that are believed beside the system's",
      [](Config& c) -> auto& { return c.tracing.ca_file; }));
  all.push_back(integer_setting<std::uint64_t>(
      "tracing.queue", "Spans that may wait for the collector; more are dropped",
      [](Config& c) -> auto& { return c.tracing.queue; }, 1, 1'000'000));
}

}  // namespace cloudcart::app
