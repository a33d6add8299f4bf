#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"

namespace cloudcart::recommendation::neural {

/// What goes with some products, by a denoising autoencoder with one hidden layer. Immutable; every question is
/// answered without allocating, and from many threads at once.
class Autoencoder {
 public:
  static constexpr std::size_t max_dimensions = 256;

  /// Of no products.
  Autoencoder() = default;
  /// `in` and `out` hold a row of `hidden_bias.size()` numbers for each product of `out_bias`.
  Autoencoder(std::vector<float> in, std::vector<float> hidden_bias, std::vector<float> out,
              std::vector<float> out_bias);

  /// The hidden layer of a basket, to be asked for several products. Products that came after the training are passed
  /// over; a basket with no other gives what is known of nobody.
  struct Hidden {
    alignas(64) float values[max_dimensions];
  };
  void encode(std::span<const std::uint32_t> basket, Hidden& hidden) const;
  /// The same for products that count differently: `weights[i]`, above 0, of `basket[i]`.
  void encode(std::span<const std::uint32_t> basket, std::span<const float> weights, Hidden& hidden) const;

  /// The logarithm of the chance that the product is in the basket as well, but for a constant of the basket.
  /// `product` is below products().
  float score(const Hidden& hidden, std::uint32_t product) const;
  /// That of every product; `scores` has room for products().
  void score_all(const Hidden& hidden, std::span<float> scores) const;
  void score(std::span<const std::uint32_t> basket, std::span<float> scores) const;

  std::size_t products() const { return out_bias_.size(); }
  std::size_t dimensions() const { return hidden_bias_.size(); }
  std::size_t bytes() const;

 private:
  std::vector<float> in_, hidden_bias_, out_, out_bias_;
};

/// What the entries of a basket are multiplied with whose weights add up to `sum`: a middle way between their mean,
/// which forgets how much is known, and their sum, which drives the units of a large basket into saturation.
float basket_scale(float sum);

}  // namespace cloudcart::recommendation::neural
