#include "recommendation/neural/autoencoder.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include <Eigen/Core>

namespace cloudcart::recommendation::neural {
namespace {

using Column = Eigen::Map<Eigen::VectorXf>;
using ConstColumn = Eigen::Map<const Eigen::VectorXf>;

ConstColumn column(const std::vector<float>& values, std::size_t dimensions, std::uint32_t product) {
  return {values.data() + product * dimensions, static_cast<Eigen::Index>(dimensions)};
}

}  // namespace

float basket_scale(float sum) {
  return sum > 0 ? 1 / std::sqrt(sum) : 0;
}

Autoencoder::Autoencoder(std::vector<float> in, std::vector<float> hidden_bias, std::vector<float> out,
                         std::vector<float> out_bias)
    : in_(std::move(in)),
      hidden_bias_(std::move(hidden_bias)),
      out_(std::move(out)),
      out_bias_(std::move(out_bias)) {
  const std::size_t weights = hidden_bias_.size() * out_bias_.size();
  if (hidden_bias_.size() > max_dimensions || in_.size() != weights || out_.size() != weights) {
    throw std::invalid_argument("an autoencoder's parts do not fit together");
  }
}

void Autoencoder::encode(std::span<const std::uint32_t> basket, Hidden& hidden) const {
  encode(basket, {}, hidden);
}

void Autoencoder::encode(std::span<const std::uint32_t> basket, std::span<const float> weights,
                         Hidden& hidden) const {
  Column layer(hidden.values, static_cast<Eigen::Index>(dimensions()));
  layer.setZero();
  float sum = 0;
  for (std::size_t i = 0; i < basket.size(); ++i) {
    if (basket[i] >= products()) continue;
    const float weight = weights.empty() ? 1.0F : weights[i];
    layer += weight * column(in_, dimensions(), basket[i]);
    sum += weight;
  }
  const ConstColumn bias(hidden_bias_.data(), static_cast<Eigen::Index>(dimensions()));
  layer = (basket_scale(sum) * layer + bias).array().tanh();
}

float Autoencoder::score(const Hidden& hidden, std::uint32_t product) const {
  const ConstColumn layer(hidden.values, static_cast<Eigen::Index>(dimensions()));
  return out_bias_[product] + column(out_, dimensions(), product).dot(layer);
}

void Autoencoder::score_all(const Hidden& hidden, std::span<float> scores) const {
  if (scores.size() != products())
    throw std::invalid_argument("room for the score of every product is needed");
  for (std::uint32_t product = 0; product < products(); ++product) scores[product] = score(hidden, product);
}

void Autoencoder::score(std::span<const std::uint32_t> basket, std::span<float> scores) const {
  Hidden hidden;
  encode(basket, hidden);
  score_all(hidden, scores);
}

std::size_t Autoencoder::bytes() const {
  return sizeof(*this) +
         (in_.capacity() + hidden_bias_.capacity() + out_.capacity() + out_bias_.capacity()) * sizeof(float);
}

}  // namespace cloudcart::recommendation::neural
