#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/random.h"
#include "recommendation/neural/baskets.h"
#include "recommendation/neural/batch_options.h"
#include "recommendation/neural/network.h"

namespace cloudcart::recommendation::neural {

/// Turns baskets into batches for the network: hides a share of each basket, drawn for each anew between a twentieth
/// and all of it so that a single product is as familiar an input as a full cart, and draws the candidates.
class BasketBatches {
 public:
  /// `baskets` is checked, its owner keeps it. `units`: of the hidden layer.
  BasketBatches(const Baskets& baskets, std::size_t products, std::size_t units, BatchOptions options);

  /// Each of `chosen` has two distinct products or more. With `learning`, units of the hidden layer are dropped.
  void make(std::span<const std::uint32_t> chosen, bool learning, Random& random, Batch<float>& batch);

 private:
  void split(std::uint32_t basket, Random& random, Batch<float>& batch);
  void draw_candidates(Random& random, Batch<float>& batch);
  std::uint32_t position_of(std::uint32_t product, std::vector<std::uint32_t>& positions,
                            std::vector<std::uint32_t>& products);

  Baskets baskets_;
  std::size_t units_;
  BatchOptions options_;
  std::vector<float> share_;  ///< of all lines, by product
  // Where each product is in the batch's lists, absent where it is not; cleared again after each batch.
  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> shown_positions_, candidate_positions_;
  std::vector<std::uint32_t> basket_;
  std::vector<char> hidden_;
};

}  // namespace cloudcart::recommendation::neural
