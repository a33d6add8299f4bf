#pragma once

#include <cstdint>

#include "core/timestamp.h"

namespace cloudcart::analytics {

constexpr std::int64_t quarter_hour_ms = 15 * 60 * 1000;
constexpr std::int64_t quarters_per_day = 96;

/// Quarters of an hour since 1970, rounded down. Every zone's hours and days begin at one, by today's offsets.
constexpr std::int64_t quarter_of(std::int64_t ms) {
  // A division of unsigned numbers by a constant is a multiplication; this moves all of time above 0.
  constexpr std::int64_t moved = std::int64_t{1} << 40;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(ms + moved * quarter_hour_ms) /
                                   quarter_hour_ms) -
         moved;
}

}  // namespace cloudcart::analytics
