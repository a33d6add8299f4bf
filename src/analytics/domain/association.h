#pragma once

#include <cstdint>
#include <optional>

#include "analytics/domain/number.h"

namespace cloudcart::analytics {

/// In how many orders two products are.
struct PairCounts {
  std::int64_t all = 0;        ///< orders
  std::int64_t product = 0;    ///< that hold the one
  std::int64_t companion = 0;  ///< that hold the other
  std::int64_t together = 0;   ///< that hold both
};

/// How strongly buying one product goes with buying another. Shares are in percent; nullopt where there is nothing
/// to take a share of. Exact, then rounded half up to two decimals.
struct Association {
  /// Orders that hold both, of all: Agrawal, Imieliński & Swami, "Mining Association Rules between Sets of Items in
  /// Large Databases" (1993), as the next.
  std::optional<Number> support;
  /// Orders that hold both, of those with the product: who buys it, takes the companion as well.
  std::optional<Number> confidence;
  /// Likewise, of those with the companion.
  std::optional<Number> reverse_confidence;
  /// How many times as often as if nobody cared: confidence over the companion's share of all orders. 1 is chance.
  /// "Interest" in Brin et al., "Dynamic Itemset Counting and Implication Rules for Market Basket Data" (1997).
  std::optional<Number> lift;
};

Association associate(const PairCounts& counts);

}  // namespace cloudcart::analytics
