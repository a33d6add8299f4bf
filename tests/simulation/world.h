#pragma once

#include <cstdint>
#include <optional>

#include "simulation/context.h"

namespace cloudcart::simulation {

struct Options {
  Mutation mutation = Mutation::none;
  bool traces = false;  ///< prints every step
};

/// One seed from the first request to rest. The same seed does the same on every machine. Nullopt: every promise was kept.
std::optional<Violation> simulate(std::uint64_t seed, Options options, Tally& tally);

}  // namespace cloudcart::simulation
