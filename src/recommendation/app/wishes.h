#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/money.h"

namespace cloudcart::recommendation {

using VisitorId = Id<struct VisitorTag>;

/// What who asks wants of an answer.
struct Wishes {
  /// The most products that may be excluded.
  static constexpr std::size_t max_exclude = 100;

  std::size_t limit = 5;           ///< 1 to 100
  std::vector<ProductId> exclude;  ///< never part of the answer; at most max_exclude
  std::optional<std::string> category;
  std::optional<Money> min_price, max_price;  ///< both included
  double diversity = 0;                       ///< 0 to 1; see diversified()
  /// Who asks without being signed in, by an id that the client makes and keeps: answers may be part of an experiment.
  std::optional<VisitorId> visitor;
};

}  // namespace cloudcart::recommendation
