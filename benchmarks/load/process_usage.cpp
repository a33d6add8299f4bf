#include "load/process_usage.h"

#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cloudcart::load {

std::optional<ProcessUsage> usage_of(pid_t pid) {
  // proc(5): the second field is the program's name in brackets and may hold anything; count from its end.
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(stat, line)) return std::nullopt;
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  for (int field = 14; field < 24; ++field) {
    if (field == 14)
      fields >> user;
    else if (field == 15)
      fields >> system;
    else
      fields >> skipped;
  }
  std::uint64_t pages = 0;
  if (!(fields >> pages)) return std::nullopt;
  static const auto tick = std::chrono::nanoseconds{1'000'000'000 / sysconf(_SC_CLK_TCK)};
  static const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return ProcessUsage{.cpu = tick * static_cast<std::int64_t>(user + system),
                      .resident_bytes = pages * page_bytes};
}

std::chrono::nanoseconds own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace cloudcart::load
