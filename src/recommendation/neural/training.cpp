#include "recommendation/neural/training.h"

#include <algorithm>
#include <cmath>

#include "recommendation/neural/adam.h"
#include "recommendation/neural/basket_batches.h"
#include "recommendation/neural/network.h"

namespace cloudcart::recommendation::neural {
namespace {

// Streams of the seed.
enum : std::uint64_t { starting_values = 1, order_of_visits = 2, hiding = 3, held_out_hiding = 4 };

constexpr std::size_t held_out_one_in = 20;
constexpr std::size_t held_out_at_most = 1024;
constexpr std::size_t held_out_at_least = 20;  ///< with fewer, their loss would say nothing

Status check(const TrainingOptions& options, std::size_t products) {
  std::vector<FieldError> errors;
  const auto expect = [&](bool holds, const char* field, std::string message) {
    if (!holds) errors.push_back({field, std::move(message)});
  };
  expect(options.dimensions >= 1 && options.dimensions <= Autoencoder::max_dimensions, "dimensions",
         "must be 1 to " + std::to_string(Autoencoder::max_dimensions));
  expect(options.batch_baskets >= 1 && options.batch_baskets <= 4096, "batch_baskets", "must be 1 to 4096");
  expect(options.rate > 0 && options.rate <= 1, "rate", "must be above 0 and at most 1");
  expect(options.batches.dropout >= 0 && options.batches.dropout <= 0.9F, "batches.dropout",
         "must be 0 to 0.9");
  expect(options.batches.basket_products >= 2, "batches.basket_products", "must be at least 2");
  expect(products <= options.max_products, "max_products",
         "is " + std::to_string(options.max_products) + ", and there are " + std::to_string(products) +
             " products; raise it if there is memory for them");
  if (!errors.empty()) return std::unexpected(Error::validation(std::move(errors)));
  return {};
}

bool has_two_products(std::span<const std::uint32_t> basket) {
  return std::ranges::any_of(basket, [&](std::uint32_t item) { return item != basket.front(); });
}

/// Random embeddings; biases that give each product its share of the lines, so that nothing of the network's
/// capacity goes into learning popularity.
Parameters<float> first_parameters(const Baskets& baskets, std::size_t products,
                                   const TrainingOptions& options) {
  const auto units = static_cast<Eigen::Index>(options.dimensions);
  const auto columns = static_cast<Eigen::Index>(products);
  Parameters<float> parameters{.in = Matrix<float>(units, columns),
                               .hidden_bias = Vector<float>::Zero(units),
                               .out = Matrix<float>(units, columns),
                               .out_bias = Vector<float>::Constant(columns, 1.0F)};
  Random random(options.seed, starting_values);
  const auto fill = [&](Matrix<float>& matrix, float deviation) {
    const float half_width = deviation * std::sqrt(3.0F / static_cast<float>(units));
    for (float& value : matrix.reshaped()) {
      value = half_width * (static_cast<float>(random.next() >> 40) * 0x1p-23F - 1);
    }
  };
  fill(parameters.in, 1.0F);
  fill(parameters.out, 0.5F);
  for (std::size_t basket = 0; basket < baskets.size(); ++basket) {
    for (const std::uint32_t item : baskets[basket]) parameters.out_bias[item] += baskets.weight(basket);
  }
  if (products > 0) {
    parameters.out_bias = (parameters.out_bias.array() / parameters.out_bias.sum()).log();
  }
  return parameters;
}

Autoencoder model_of(const Parameters<float>& parameters) {
  const auto copy = [](const auto& values) {
    return std::vector<float>(values.data(), values.data() + values.size());
  };
  return {copy(parameters.in), copy(parameters.hidden_bias), copy(parameters.out), copy(parameters.out_bias)};
}

class Trainer {
 public:
  Trainer(const Baskets& baskets, std::size_t products, const TrainingOptions& options)
      : options_(options),
        parameters_(first_parameters(baskets, products, options)),
        adam_(parameters_),
        batches_(baskets, products, options.dimensions, options.batches),
        order_(options.seed, order_of_visits),
        hiding_(options.seed, hiding) {
    for (std::uint32_t basket = 0; basket < baskets.size(); ++basket) {
      if (baskets.weight(basket) > 0 && has_two_products(baskets[basket])) learnt_.push_back(basket);
    }
    report_.baskets = learnt_.size();
    hold_out();
    visits_ = std::min(options.visits, options.epochs * learnt_.size());
  }

  Training run(const std::function<bool()>& should_stop) {
    start_from_popularity();
    std::size_t worse = 0;
    while (report_.visits < visits_ && epoch(should_stop)) {
      ++report_.epochs;
      if (held_out_.empty()) continue;
      worse = keep_if_better() ? 0 : worse + 1;
      if (options_.patience > 0 && worse >= options_.patience) break;
    }
    // A stop may leave something learnt that was not looked at yet.
    if (report_.stopped && !held_out_.empty()) keep_if_better();
    const bool judged = !held_out_.empty() || report_.visits == 0;
    report_.bytes = bytes();
    return {model_of(judged ? best_ : parameters_), report_};
  }

 private:
  void hold_out() {
    shuffle();
    const std::size_t held_out = std::min(learnt_.size() / held_out_one_in, held_out_at_most);
    if (held_out < held_out_at_least) return;
    held_out_.assign(learnt_.end() - static_cast<std::ptrdiff_t>(held_out), learnt_.end());
    learnt_.resize(learnt_.size() - held_out);
    report_.held_out = held_out;
  }

  void shuffle() {
    for (std::size_t i = learnt_.size(); i > 1; --i) std::swap(learnt_[i - 1], learnt_[order_.below(i)]);
  }

  /// Visits every basket once; false when stopped.
  bool epoch(const std::function<bool()>& should_stop) {
    shuffle();
    const std::span<const std::uint32_t> all(learnt_);
    for (std::size_t first = 0; first < all.size() && report_.visits < visits_;
         first += options_.batch_baskets) {
      if (should_stop()) {
        report_.stopped = true;
        return false;
      }
      const auto chosen = all.subspan(first, std::min(options_.batch_baskets, all.size() - first));
      batches_.make(chosen, true, hiding_, batch_);
      pass_.loss(parameters_, batch_, gradient_);
      const float done = static_cast<float>(report_.visits) / static_cast<float>(visits_);
      adam_.step(parameters_, gradient_, batch_, options_.rate * (1 - 0.9F * done));
      report_.visits += chosen.size();
    }
    return true;
  }

  /// The same products are hidden and drawn each time.
  double held_out_loss(const Parameters<float>& parameters) {
    Random random(options_.seed, held_out_hiding);
    const std::span<const std::uint32_t> all(held_out_);
    double sum = 0;
    for (std::size_t first = 0; first < all.size(); first += options_.batch_baskets) {
      const auto chosen = all.subspan(first, std::min(options_.batch_baskets, all.size() - first));
      batches_.make(chosen, false, random, batch_);
      sum += pass_.loss(parameters, batch_) * static_cast<double>(chosen.size());
    }
    return sum / static_cast<double>(all.size());
  }

  /// What the training has to better: the biases alone, whatever is in the basket.
  void start_from_popularity() {
    best_ = parameters_;
    best_.out.setZero();
    if (!held_out_.empty()) report_.untrained_loss = held_out_loss(best_);
    report_.loss = report_.untrained_loss;
  }

  bool keep_if_better() {
    const double loss = held_out_loss(parameters_);
    if (!(loss < report_.loss)) return false;
    report_.loss = loss;
    best_ = parameters_;
    return true;
  }

  std::size_t bytes() const {
    const auto parameters = static_cast<std::size_t>(parameters_.in.size() + parameters_.hidden_bias.size() +
                                                     parameters_.out.size() + parameters_.out_bias.size());
    // These, the best ones so far, and the model's copy.
    return 3 * parameters * sizeof(float) + adam_.bytes() + learnt_.capacity() * sizeof(std::uint32_t);
  }

  const TrainingOptions& options_;
  Parameters<float> parameters_;
  Parameters<float> best_;  ///< by the loss of the held-out baskets
  Adam<float> adam_;
  BasketBatches batches_;
  Random order_, hiding_;
  std::vector<std::uint32_t> learnt_, held_out_;
  std::size_t visits_ = 0;
  Batch<float> batch_;
  Pass<float> pass_;
  Gradient<float> gradient_;
  TrainingReport report_;
};

}  // namespace

Result<Training> train(const Baskets& baskets, std::size_t products, const TrainingOptions& options,
                       const std::function<bool()>& should_stop) {
  if (Status status = check(options, products); !status) return std::unexpected(status.error());
  if (Status status = check(baskets, products); !status) return std::unexpected(status.error());
  return Trainer(baskets, products, options).run(should_stop);
}

}  // namespace cloudcart::recommendation::neural
