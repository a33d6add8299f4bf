#include "analytics/domain/association.h"

#include "analytics/domain/figures.h"

namespace cloudcart::analytics {
namespace {

constexpr std::uint8_t decimals = 2;

std::optional<Number> percent(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return Number{rounded_ratio(part, 10'000, whole), decimals};
}

}  // namespace

Association associate(const PairCounts& counts) {
  Association made{.support = percent(counts.together, counts.all),
                   .confidence = percent(counts.together, counts.product),
                   .reverse_confidence = percent(counts.together, counts.companion),
                   .lift = std::nullopt};
  // Products of two counts: within 64 bits up to three billion orders.
  const auto by_chance = counts.product * counts.companion;
  if (by_chance > 0)
    made.lift = Number{rounded_ratio(counts.together * counts.all, 100, by_chance), decimals};
  return made;
}

}  // namespace cloudcart::analytics
