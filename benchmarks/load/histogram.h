#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace cloudcart::load {

/// Counts of durations in buckets whose width grows with the value, as in Gil Tene's HdrHistogram: 128 buckets
/// for each power of two, so that no bucket is wider than 1/128 (0.8 %) of what it holds. Adding is a shift and
/// an increment; the size never changes.
class Histogram {
 public:
  Histogram() : counts_(buckets) {}

  /// Nanoseconds; below 0 counts as 0, above 18 minutes (2^40) in the last bucket, though max() stays exact.
  void add(std::int64_t value) {
    const auto exact = value < 0 ? 0 : static_cast<std::uint64_t>(value);
    ++counts_[index_of(exact < limit ? exact : limit - 1)];
    ++count_;
    sum_ += exact;
    if (exact > max_) max_ = exact;
  }
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }
  /// The smallest value that at least `quantile` (0–1) of all values do not exceed, rounded up to the end of its
  /// bucket: at most 0.8 % above the truth and never below it. 0 when empty.
  std::uint64_t at(double quantile) const;

 private:
  static constexpr unsigned precision_bits = 7;
  static constexpr unsigned value_bits = 40;
  static constexpr std::uint64_t limit = std::uint64_t{1} << value_bits;
  static constexpr std::size_t buckets = (value_bits - precision_bits + 1) << precision_bits;

  static unsigned shift_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    return width <= precision_bits + 1 ? 0 : width - precision_bits - 1;
  }
  static std::size_t index_of(std::uint64_t value) {
    const auto shift = shift_of(value);
    return (std::size_t{shift} << precision_bits) + (value >> shift);
  }
  static std::uint64_t highest_in(std::size_t index);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0, sum_ = 0, max_ = 0;
};

}  // namespace cloudcart::load
