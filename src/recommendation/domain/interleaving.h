#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/id.h"

namespace cloudcart::recommendation {

enum class Team : std::uint8_t { first, second, none };

struct Drafted {
  ProductId product;
  Team team = Team::none;    ///< that is credited with what the product brings
  bool from_second = false;  ///< the list that the product was taken from
  std::size_t place = 0;     ///< in that list
  bool operator==(const Drafted&) const = default;
};

/// Mixes two rankings into one of at most `limit` products, each once: team-draft interleaving (Radlinski,
/// Kurup and Joachims, "How does clickthrough data reflect retrieval quality?", CIKM 2008). As captains choose
/// their teams, each ranking in turn adds its best product that is not there yet, and a coin says which goes
/// first in each round; so neither has the better places, and clicks at random favour neither. When one
/// ranking has nothing left the rest of the other fills the list, credited to nobody. The same `seed` gives
/// the same coins.
std::vector<Drafted> team_draft(std::span<const ProductId> first, std::span<const ProductId> second,
                                std::size_t limit, std::uint64_t seed);

}  // namespace cloudcart::recommendation
