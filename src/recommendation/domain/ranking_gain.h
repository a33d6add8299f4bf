#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace cloudcart::recommendation {

/// What a right answer at a rank, from 0, gains: discounted cumulative gain (Järvelin and Kekäläinen, "Cumulated
/// gain-based evaluation of IR techniques", ACM TOIS 2002).
inline double discount(std::size_t rank_from_0) {
  return 1 / std::log2(static_cast<double>(rank_from_0 + 2));
}

/// The most that `rights` right answers can gain on the first `cut` ranks.
inline double ideal_gain(std::size_t rights, std::size_t cut) {
  double gain = 0;
  for (std::size_t rank = 0; rank < std::min(rights, cut); ++rank) gain += discount(rank);
  return gain;
}

/// By how much one of two ways gains more than the other on the same questions.
struct PairedDifference {
  double mean = 0;
  double error = 0;  ///< standard error of the mean
};

/// `difference(q)` is what the second way gains more on question q of `questions`, at least one.
template <class Difference>
PairedDifference paired_difference(std::size_t questions, Difference difference) {
  double sum = 0, square = 0;
  for (std::size_t q = 0; q < questions; ++q) {
    const double more = difference(q);
    sum += more;
    square += more * more;
  }
  const auto n = static_cast<double>(questions);
  const auto mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, square / n - mean * mean) / n)};
}

}  // namespace cloudcart::recommendation
