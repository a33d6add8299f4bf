#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "core/caller.h"
#include "core/timestamp.h"

namespace cloudcart::analytics {

/// Of rows with one key the one with the highest precedence stays: that of the lowest position.
constexpr std::uint64_t precedence_of(std::int64_t position) {
  return std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(position);
}
/// The position, as a column of a SELECT.
constexpr std::string_view position_column = "toInt64(bitNot(precedence))";

/// Which state is asked: everything of a generation up to a position. Rows never change, so it stays what it was while others are
/// written.
struct Snapshot {
  std::uint64_t generation = 0;
  std::int64_t position = 0;
};

/// The shop's rows of the generation, as a condition.
std::string shop_rows(std::uint64_t generation, const TenantId& tenant);
/// Those that the snapshot has.
std::string seen_rows(const Snapshot& snapshot, const TenantId& tenant);

}  // namespace cloudcart::analytics
