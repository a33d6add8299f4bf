#include "recommendation/neural/basket_batches.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "recommendation/neural/autoencoder.h"

namespace cloudcart::recommendation::neural {
namespace {

float uniform(Random& random) {
  return static_cast<float>(random.next() >> 40) * 0x1p-24F;
}

}  // namespace

Status check(const Baskets& baskets, std::size_t products) {
  const auto wrong = [](std::string field, std::string message) {
    return std::unexpected(Error::validation({{std::move(field), std::move(message)}}));
  };
  if (baskets.offsets.empty()) {
    if (!baskets.items.empty()) return wrong("offsets", "must cover all items");
  } else if (baskets.offsets.front() != 0 || baskets.offsets.back() != baskets.items.size() ||
             !std::ranges::is_sorted(baskets.offsets)) {
    return wrong("offsets", "must rise from 0 to the number of items");
  }
  if (std::ranges::any_of(baskets.items, [&](std::uint32_t item) { return item >= products; })) {
    return wrong("items", "must be below " + std::to_string(products) + ", the number of products");
  }
  if (!baskets.weights.empty() && baskets.weights.size() != baskets.size()) {
    return wrong("weights", "must be one per basket, or none");
  }
  if (!std::ranges::all_of(baskets.weights,
                           [](float weight) { return std::isfinite(weight) && weight >= 0; })) {
    return wrong("weights", "must be finite numbers of at least 0");
  }
  return {};
}

BasketBatches::BasketBatches(const Baskets& baskets, std::size_t products, std::size_t units,
                             BatchOptions options)
    : baskets_(baskets),
      units_(units),
      options_(options),
      share_(products),
      shown_positions_(products, absent),
      candidate_positions_(products, absent) {
  const float line = 1 / static_cast<float>(std::max<std::size_t>(1, baskets.items.size()));
  std::vector<std::uint32_t> lines(products);
  for (const std::uint32_t item : baskets.items) ++lines[item];
  std::ranges::transform(lines, share_.begin(),
                         [&](std::uint32_t count) { return static_cast<float>(count) * line; });
}

void BasketBatches::make(std::span<const std::uint32_t> chosen, bool learning, Random& random,
                         Batch<float>& batch) {
  batch.shown.clear();
  batch.candidates.clear();
  batch.inputs.clear();
  batch.targets.clear();
  batch.input_ends.clear();
  batch.target_ends.clear();
  for (const std::uint32_t basket : chosen) split(basket, random, batch);
  draw_candidates(random, batch);
  if (learning && options_.dropout > 0) {
    batch.dropout.resize(static_cast<Eigen::Index>(units_), batch.size());
    const float kept = 1 / (1 - options_.dropout);
    for (float& factor : batch.dropout.reshaped()) factor = uniform(random) < options_.dropout ? 0 : kept;
  } else {
    batch.dropout.resize(0, 0);
  }
  for (const std::uint32_t product : batch.shown) shown_positions_[product] = absent;
  for (const std::uint32_t product : batch.candidates) candidate_positions_[product] = absent;
}

void BasketBatches::split(std::uint32_t basket, Random& random, Batch<float>& batch) {
  basket_.assign(baskets_[basket].begin(), baskets_[basket].end());
  std::ranges::sort(basket_);
  const auto repeated = std::ranges::unique(basket_);
  basket_.erase(repeated.begin(), repeated.end());
  if (basket_.size() > options_.basket_products) {
    for (std::size_t i = 0; i < options_.basket_products; ++i) {
      std::swap(basket_[i], basket_[i + random.below(basket_.size() - i)]);
    }
    basket_.resize(options_.basket_products);
  }

  const float hidden_share = 0.05F + 0.95F * uniform(random);
  hidden_.assign(basket_.size(), 0);
  for (char& hidden : hidden_) hidden = uniform(random) < hidden_share ? 1 : 0;
  hidden_[random.below(hidden_.size())] = 1;
  const auto targets = static_cast<float>(std::ranges::count(hidden_, 1));
  const float shown_weight = basket_scale(static_cast<float>(basket_.size()) - targets);
  // A large basket says more than a small one, but not in proportion: many of its products have little in common.
  const float target_weight = baskets_.weight(basket) / std::sqrt(targets);
  for (std::size_t i = 0; i < basket_.size(); ++i) {
    if (hidden_[i] != 0) {
      batch.targets.push_back(
          {position_of(basket_[i], candidate_positions_, batch.candidates), target_weight});
    } else {
      batch.inputs.push_back({position_of(basket_[i], shown_positions_, batch.shown), shown_weight});
    }
  }
  batch.input_ends.push_back(static_cast<std::uint32_t>(batch.inputs.size()));
  batch.target_ends.push_back(static_cast<std::uint32_t>(batch.targets.size()));
}

/// Targets come by their share of the lines; half of what is drawn beside them does too, the other half evenly, so
/// that rare products are told apart as well. How often a product was expected is then Poisson's, nearly.
void BasketBatches::draw_candidates(Random& random, Batch<float>& batch) {
  const std::size_t products = share_.size();
  if (products <= options_.all_products) {
    for (std::uint32_t product = 0; product < products; ++product) {
      position_of(product, candidate_positions_, batch.candidates);
    }
    batch.log_chance = Vector<float>::Zero(static_cast<Eigen::Index>(products));
    return;
  }
  const std::size_t by_share = options_.sampled_products / 2;
  const std::size_t evenly = options_.sampled_products - by_share;
  for (std::size_t i = 0; i < by_share; ++i) {
    position_of(baskets_.items[random.below(baskets_.items.size())], candidate_positions_, batch.candidates);
  }
  for (std::size_t i = 0; i < evenly; ++i) {
    position_of(static_cast<std::uint32_t>(random.below(products)), candidate_positions_, batch.candidates);
  }
  const auto draws = static_cast<float>(batch.targets.size() + by_share);
  const float even_share = static_cast<float>(evenly) / static_cast<float>(products);
  batch.log_chance.resize(static_cast<Eigen::Index>(batch.candidates.size()));
  for (std::size_t i = 0; i < batch.candidates.size(); ++i) {
    const float expected = draws * share_[batch.candidates[i]] + even_share;
    batch.log_chance[static_cast<Eigen::Index>(i)] = std::log(-std::expm1(-expected));
  }
}

std::uint32_t BasketBatches::position_of(std::uint32_t product, std::vector<std::uint32_t>& positions,
                                         std::vector<std::uint32_t>& products) {
  if (positions[product] == absent) {
    positions[product] = static_cast<std::uint32_t>(products.size());
    products.push_back(product);
  }
  return positions[product];
}

}  // namespace cloudcart::recommendation::neural
