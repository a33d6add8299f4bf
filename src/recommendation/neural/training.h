#pragma once

#include <cstdint>
#include <functional>

#include "core/result.h"
#include "recommendation/neural/autoencoder.h"
#include "recommendation/neural/baskets.h"
#include "recommendation/neural/batch_options.h"

namespace cloudcart::recommendation::neural {

struct TrainingOptions {
  std::uint64_t seed = 1;
  std::size_t dimensions = 128;    ///< units of the hidden layer, 1 to Autoencoder::max_dimensions
  std::size_t epochs = 40;         ///< at most so often is each basket visited,
  std::size_t visits = 1'000'000;  ///< and at most so many visits are made in all
  std::size_t batch_baskets = 64;  ///< 1 to 4096
  float rate = 0.004F;             ///< Adam's, falling evenly to a tenth at the last visit
  std::size_t patience = 3;        ///< epochs without a better held-out loss after which it ends; 0: never
  std::size_t max_products = 200'000;  ///< refuses more: memory is about 40 bytes × dimensions × products
  BatchOptions batches;
};

struct TrainingReport {
  std::size_t baskets = 0;   ///< that took part: with two products or more and a weight above 0
  std::size_t held_out = 0;  ///< of these, so many were kept to see when to end
  std::size_t epochs = 0;
  std::size_t visits = 0;
  double untrained_loss = 0;  ///< of the held-out baskets, by popularity alone
  double loss = 0;            ///< of the same, by the autoencoder that is returned
  bool stopped = false;       ///< by `should_stop`, before it was done
  std::size_t bytes = 0;      ///< that training took beside the baskets themselves
};

struct Training {
  Autoencoder autoencoder;
  TrainingReport report;
};

/// Trains a denoising autoencoder on baskets: a part of each is hidden and guessed from the rest. The same baskets,
/// options and seed give the same model on the same kind of machine. Runs on the caller's thread; `should_stop` is
/// asked between batches, for a deadline or a shutdown, and what was learnt till then is returned. Without baskets of
/// two products or more, or where what was learnt guesses the held-out baskets no better, the model knows popularity
/// only: the logarithm of each product's weighted share of the lines.
///
/// validation_failed where the baskets (see check) or the options are out of bounds.
Result<Training> train(const Baskets& baskets, std::size_t products, const TrainingOptions& options,
                       const std::function<bool()>& should_stop);

}  // namespace cloudcart::recommendation::neural
