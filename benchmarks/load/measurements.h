#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/histogram.h"
#include "load/process_usage.h"

namespace cloudcart::load {

/// How a request ends without an answer that can be read.
enum class Failure : std::uint8_t { connect, closed, reset, timeout, malformed, unasked };
constexpr std::array<std::string_view, 6> failure_words{"connect", "closed",    "reset",
                                                        "timeout", "malformed", "unasked"};

using StatusCounts = std::array<std::uint64_t, 1000>;
using FailureCounts = std::array<std::uint64_t, failure_words.size()>;

struct Sample {
  double at_seconds = 0;      ///< since the measured time began; the first sample tells of the warm-up
  std::uint64_t answers = 0;  ///< since the sample before
  double seconds = 0;         ///< since the sample before
  std::optional<ProcessUsage> server;
};

struct Measurements {
  /// Of requests that were sent, or in an open loop due, within the measured time.
  struct ByRequest {
    std::string name;
    Histogram taken;  ///< 2xx and 3xx
  };
  std::vector<ByRequest> requests;
  Histogram refused;  ///< any other answer
  StatusCounts statuses{};
  FailureCounts failures{};
  std::uint64_t started = 0;
  std::uint64_t dropped = 0;     ///< due while the line was full
  std::uint64_t unfinished = 0;  ///< without an answer when the run ended
  std::uint64_t unsent = 0;      ///< still in line when the run ended

  /// Answers that came within the measured time, whenever they were asked for.
  std::uint64_t answers_within = 0, taken_within = 0;
  double seconds = 0;

  /// Of the whole run: warm-up, measured time, and what was still under way then.
  std::uint64_t all_sent = 0, all_unfinished = 0;
  StatusCounts all_statuses{};
  FailureCounts all_failures{};
  std::uint64_t reconnects = 0;

  std::optional<ProcessUsage> server_before, server_after;  ///< around the measured time
  std::chrono::nanoseconds own_cpu{0};
  std::vector<Sample> samples;
  std::string first_refused;    ///< status and beginning of the body
  std::string first_malformed;  ///< why
  std::string ended_early;      ///< why, if it did
};

}  // namespace cloudcart::load
