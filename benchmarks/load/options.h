#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace cloudcart::load {

using std::chrono::nanoseconds;

struct Options {
  std::string host = "127.0.0.1";
  std::string port = "8080";
  std::vector<std::string> paths;  ///< plain GETs, when there is no file
  std::string requests_file;
  unsigned connections = 64;
  std::optional<double> rate;  ///< requests a second: an open loop; nullopt: closed
  nanoseconds duration = std::chrono::seconds{10};
  nanoseconds warm_up = std::chrono::seconds{2};
  nanoseconds timeout = std::chrono::seconds{10};
  nanoseconds sample_every = std::chrono::seconds{1};
  std::size_t queue = 10'000;
  std::optional<pid_t> pid;
  std::uint64_t seed = 1;
  bool keyed = false;
  bool json = false;
};

struct CommandLine {
  std::optional<Options> options;
  int exit_code = 0;  ///< when there are no options: 0 after --help, 2 after a mistake
  std::string text;   ///< and what to print then
};
CommandLine parse_command_line(int argc, const char* const* argv);

/// "500ms", "10s", "5m", "1h" or a bare number of seconds ("0.5" too), from 1 ms to 30 days; or, with `or_none`, 0.
std::optional<nanoseconds> parse_duration(const std::string& text, bool or_none = false);

}  // namespace cloudcart::load
