#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cloudcart::recommendation {

struct Scored {
  std::uint32_t product;
  float score;
};

/// Best first; equal scores in order of the product's number.
inline bool comes_first(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.product < b.product;
}

/// Leaves the `count` best, in no order.
inline void keep_best(std::vector<Scored>& all, std::size_t count) {
  if (all.size() <= count) return;
  std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(count), comes_first);
  all.resize(count);
}

/// Sums by product, over few of many: a dense array that remembers which of it was touched. Reused from answer to
/// answer, so that none allocates. Products that come while an answer is made find room too.
template <std::size_t values>
class ScoreBoard {
 public:
  using Sums = std::array<float, values>;

  /// All zero, with room for products below `products`.
  void reset(std::size_t products) {
    for (const auto product : touched_) places_[product] = 0;
    touched_.clear();
    sums_.clear();
    if (places_.size() < products) places_.resize(products);
  }
  Sums& operator[](std::uint32_t product) {
    if (product >= places_.size()) [[unlikely]]
      places_.resize(product + 1);
    auto& place = places_[product];
    if (place == 0) {
      touched_.push_back(product);
      sums_.emplace_back();
      place = static_cast<std::uint32_t>(sums_.size());
    }
    return sums_[place - 1];
  }
  bool has(std::uint32_t product) const { return product < places_.size() && places_[product] != 0; }
  std::size_t room() const { return places_.size(); }
  std::span<const std::uint32_t> touched() const { return touched_; }
  /// Those of touched(), in the same order.
  std::span<const Sums> sums() const { return sums_; }

 private:
  std::vector<std::uint32_t> places_;  ///< in the other two, from 1
  std::vector<std::uint32_t> touched_;
  std::vector<Sums> sums_;
};

}  // namespace cloudcart::recommendation
