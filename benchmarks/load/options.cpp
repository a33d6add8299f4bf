#include "load/options.h"

#include <charconv>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace cloudcart::load {

namespace {

constexpr int exit_unusable = 2;
constexpr int max_samples = 100'000;

constexpr auto examples = R"(Examples:
  benchmarks_load --address http://127.0.0.1:8080 --get /health --connections 256
  benchmarks_load --address http://127.0.0.1:3003 --requests orders.json --keyed --rate 1000 --duration 30s --json

Without --rate the loop is closed: each connection asks again as soon as it has its answer. With --rate it is open:
requests are due at even intervals whatever the server does, and the time of each counts from when it was due, so that
waiting for a server that stalls is measured as its users would feel it. benchmarks/load/request_set.h describes the
file. Exit status: 0 measured, 1 the server went away, 2 wrong usage.)";

bool read_address(const std::string& text, Options& options) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return false;
  auto rest = std::string_view{text}.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto digits = rest.substr(colon + 1);
  unsigned port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || port < 1 || port > 65535)
    return false;
  options.host = rest.substr(0, colon);
  options.port = digits;
  return options.host.find_first_of("/@?# ") == std::string::npos;
}

CLI::Option* add_duration(CLI::App& app, const std::string& flag, nanoseconds& member,
                          const std::string& help, bool or_none = false) {
  const auto take = [&member, flag, or_none](const std::string& text) {
    const auto duration = parse_duration(text, or_none);
    if (!duration)
      throw CLI::ValidationError(flag, fmt::format("'{}' is no duration like 500ms, 10s, 5m or 1h", text));
    member = *duration;
  };
  const auto seconds = std::chrono::duration<double>(member).count();
  return app.add_option_function<std::string>(flag, take, help)
      ->default_str(fmt::format("{}s", seconds))
      ->type_name("TIME");
}

void describe(CLI::App& app, Options& options) {
  app.add_option_function<std::string>(
         "--address",
         [&](const std::string& text) {
           if (!read_address(text, options))
             throw CLI::ValidationError("--address",
                                        fmt::format("'{}' is no address like http://127.0.0.1:8080", text));
         },
         "Where the server is")
      ->default_str("http://127.0.0.1:8080")
      ->type_name("URL");
  auto* file = app.add_option("--requests", options.requests_file, "Request set (JSON)")->type_name("FILE");
  app.add_option("--get", options.paths, "Ask for this path; several are asked for alike")
      ->type_name("PATH")
      ->excludes(file);
  app.add_option("--connections", options.connections, "Keep-alive connections")
      ->check(CLI::Range(1, 60'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--rate", options.rate, "Open loop: requests due per second")
      ->check(CLI::Range(0.1, 10'000'000.0))
      ->type_name("N");
  add_duration(app, "--duration", options.duration, "What is measured");
  add_duration(app, "--warm-up", options.warm_up, "What runs before and is not measured", true);
  add_duration(app, "--timeout", options.timeout, "How long to wait for an answer");
  add_duration(app, "--sample-every", options.sample_every, "Interval of the samples");
  app.add_option("--queue", options.queue,
                 "Open loop: how many due requests may wait for a connection; more are dropped")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--pid", options.pid, "Process of the server, for its CPU time and memory")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("PID");
  app.add_option("--seed", options.seed, "Of what is drawn")->capture_default_str()->type_name("N");
  app.add_flag("--keyed", options.keyed, "A fresh Idempotency-Key in each request but GET");
  app.add_flag("--json", options.json, "Result as JSON on standard output");
  app.footer(examples);
}

}  // namespace

std::optional<nanoseconds> parse_duration(const std::string& text, bool or_none) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{}) return std::nullopt;
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  double seconds = 0;
  if (unit == "ms")
    seconds = number / 1000;
  else if (unit.empty() || unit == "s")
    seconds = number;
  else if (unit == "m")
    seconds = number * 60;
  else if (unit == "h")
    seconds = number * 3600;
  else
    return std::nullopt;
  if (or_none && number == 0) return nanoseconds{0};
  if (!(seconds >= 0.001 && seconds <= 30.0 * 86'400)) return std::nullopt;
  return nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  Options options;
  CLI::App app{"Puts load on an HTTP/1.1 server and measures its answers", "benchmarks_load"};
  describe(app, options);
  try {
    app.parse(argc, argv);
    if (options.requests_file.empty() && options.paths.empty())
      throw CLI::RequiredError("--get or --requests");
    if ((options.warm_up + options.duration) / options.sample_every > max_samples)
      throw CLI::ValidationError("--sample-every",
                                 fmt::format("too short: more than {} samples", max_samples));
  } catch (const CLI::ParseError& end) {
    std::ostringstream out, mistake;
    const int status = app.exit(end, out, mistake);
    if (status == 0) return {.text = out.str()};
    return {.exit_code = exit_unusable,
            .text = fmt::format("benchmarks_load: {}.\nRun with --help for more.\n", end.what())};
  }
  return {.options = options};
}

}  // namespace cloudcart::load
