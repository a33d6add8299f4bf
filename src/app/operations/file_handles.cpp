#include "app/operations/file_handles.h"

#include <algorithm>

#include <spdlog/spdlog.h>
#include <sys/resource.h>

namespace cloudcart::app {
namespace {

/// Stores, logs, connections to other servers.
constexpr std::uint64_t beside_connections = 1024;

}  // namespace

std::uint64_t raise_file_limit(std::uint64_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const std::uint64_t wanted = connections + beside_connections;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min<std::uint64_t>(limit.rlim_max, wanted);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur < wanted)
    spdlog::warn(
        "this process may open {} files, {} short of what http.max_connections = {} can take; raise the "
        "limit (ulimit -Hn, "
        "LimitNOFILE= of systemd) or lower the setting",
        limit.rlim_cur, wanted - limit.rlim_cur, connections);
  return limit.rlim_cur;
}

}  // namespace cloudcart::app
