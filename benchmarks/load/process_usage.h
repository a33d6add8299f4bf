#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace cloudcart::load {

/// What a process has used so far.
struct ProcessUsage {
  std::chrono::nanoseconds cpu{0};  ///< user and system, of all its threads; Linux tells it in steps of 10 ms
  std::uint64_t resident_bytes = 0;
};

/// Nullopt when there is no such process (any more).
std::optional<ProcessUsage> usage_of(pid_t pid);

/// CPU time of this process, to the microsecond.
std::chrono::nanoseconds own_cpu();

}  // namespace cloudcart::load
