#include "load/histogram.h"

#include <algorithm>
#include <cmath>

namespace cloudcart::load {

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::highest_in(std::size_t index) {
  constexpr std::size_t exact = std::size_t{2} << precision_bits;  // these hold one value each
  if (index < exact) return index;
  const auto shift = (index >> precision_bits) - 1;
  return ((index - (shift << precision_bits) + 1) << shift) - 1;
}

std::uint64_t Histogram::at(double quantile) const {
  if (count_ == 0) return 0;
  const auto wanted =
      std::clamp(std::ceil(quantile * static_cast<double>(count_)), 1.0, static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (static_cast<double>(seen) >= wanted) return i + 1 == buckets ? max_ : std::min(highest_in(i), max_);
  }
  return max_;
}

}  // namespace cloudcart::load
