#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"

namespace cloudcart::load {

/// Draws indices with given weights in constant time: the alias method (A. J. Walker, "An efficient method for
/// generating discrete random variables with general distributions", ACM TOMS 3, 1977; tables built as by Vose,
/// IEEE TSE 17, 1991).
class Draw {
 public:
  /// All indices below `size` alike.
  static Draw uniform(std::size_t size);
  /// Index i with weight 1 / (i + 1)^skew: few are asked for often, most of them rarely.
  static Draw zipf(std::size_t size, double skew);
  /// Weights above 0.
  static Draw weighted(const std::vector<double>& weights);

  std::size_t size() const { return size_; }
  std::size_t next(Random& random) const {
    const auto word = random.next();
    // The upper half chooses the place, the lower half between the two that share it.
    const auto place = static_cast<std::size_t>(((word >> 32) * size_) >> 32);
    if (places_.empty()) return place;
    return static_cast<std::uint32_t>(word) < places_[place].own ? place : places_[place].other;
  }

 private:
  struct Place {
    std::uint32_t own;    ///< chance of the index itself, in 2^-32
    std::uint32_t other;  ///< who has the rest
  };

  std::uint64_t size_ = 0;
  std::vector<Place> places_;  ///< empty: uniform
};

}  // namespace cloudcart::load
