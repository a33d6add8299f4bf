#include "load/draw.h"

#include <cmath>
#include <numeric>

namespace cloudcart::load {

Draw Draw::uniform(std::size_t size) {
  Draw draw;
  draw.size_ = size;
  return draw;
}

Draw Draw::zipf(std::size_t size, double skew) {
  std::vector<double> weights(size);
  for (std::size_t i = 0; i < size; ++i) weights[i] = std::pow(static_cast<double>(i + 1), -skew);
  return weighted(weights);
}

Draw Draw::weighted(const std::vector<double>& weights) {
  Draw draw = uniform(weights.size());
  draw.places_.resize(weights.size());
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> shares(weights.size());
  std::vector<std::uint32_t> small, large;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    shares[i] = weights[i] / sum * static_cast<double>(weights.size());
    (shares[i] < 1 ? small : large).push_back(i);
  }
  const auto set = [&](std::uint32_t index, double own, std::uint32_t other) {
    draw.places_[index] = {static_cast<std::uint32_t>(std::min(own * 0x1p32, 0x1p32 - 1)), other};
  };
  while (!small.empty() && !large.empty()) {
    const auto poor = small.back(), rich = large.back();
    small.pop_back();
    set(poor, shares[poor], rich);
    shares[rich] -= 1 - shares[poor];
    if (shares[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  // What is left has a share of 1 but for rounding.
  for (const auto index : small) set(index, 1, index);
  for (const auto index : large) set(index, 1, index);
  return draw;
}

}  // namespace cloudcart::load
