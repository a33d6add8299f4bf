#pragma once

#include <cstdint>
#include <span>

#include "core/result.h"

namespace cloudcart::recommendation::neural {

/// Sets of products, one after the other, as a compressed sparse row matrix that the caller owns: basket b holds
/// the products items[offsets[b]] … items[offsets[b + 1] - 1], numbered from 0.
struct Baskets {
  std::span<const std::uint32_t> offsets;  ///< one more than there are baskets, rising from 0; or none at all
  std::span<const std::uint32_t> items;
  std::span<const float> weights;  ///< how much each basket counts, 0 or more; empty: all count 1

  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const std::uint32_t> operator[](std::size_t basket) const {
    return items.subspan(offsets[basket], offsets[basket + 1] - offsets[basket]);
  }
  float weight(std::size_t basket) const { return weights.empty() ? 1.0F : weights[basket]; }
};

/// validation_failed where offsets do not cover the items in rising order, an item is not below `products`, or a
/// weight is no finite number of at least 0.
Status check(const Baskets& baskets, std::size_t products);

}  // namespace cloudcart::recommendation::neural
