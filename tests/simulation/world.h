#pragma once

#include <cstdint>
#include <optional>

#include "simulation/context.h"

namespace cloudcart::simulation {

struct Options {
  Mutation mutation = Mutation::none;
  bool traces = false;  ///< prints every step
};

/// How a seed went. Equal for each run of it.
struct Outcome {
  std::optional<Violation> violation;  ///< nullopt: every promise was kept
  std::uint64_t steps = 0;
  std::int64_t virtual_ms = 0;
  std::size_t log_hash = 0;  ///< of every event, with its ids, times and amounts
  bool operator==(const Outcome&) const = default;
};

/// One seed from the first request to rest. The same seed does the same on every run.
Outcome simulate(std::uint64_t seed, Options options, Tally& tally);

}  // namespace cloudcart::simulation
