#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "recommendation/domain/basket_scorer.h"
#include "recommendation/domain/ranking_gain.h"

namespace cloudcart::recommendation {

/// A question with its candidates, of which some were right.
template <std::size_t members>
struct BlendQuestion {
  std::vector<BasketCandidate<members>> candidates;
  std::vector<std::uint32_t> right;  ///< places among them
  std::size_t rights = 0;            ///< all that were right, candidates or not
};

/// Normalised discounted cumulative gain of the first `cut` places, at least one.
template <std::size_t members>
double ndcg(const BlendQuestion<members>& question, const BlendWeights<members>& weights, std::size_t cut,
            std::vector<float>& scores) {
  scores.clear();
  for (const auto& candidate : question.candidates) scores.push_back(candidate.score(weights));
  double gain = 0;
  for (const auto place : question.right) {
    std::size_t rank = 0;
    for (std::size_t i = 0; i < scores.size(); ++i)
      rank += scores[i] > scores[place] || (scores[i] == scores[place] && i < place);
    if (rank < cut) gain += discount(rank);
  }
  return question.rights > 0 ? gain / ideal_gain(question.rights, cut) : 0;
}

struct AscentOptions {
  std::size_t cut;   ///< places that count
  double certainty;  ///< standard errors of the paired difference that a step must gain
};

/// Weights, and what they gain on average.
template <std::size_t members>
struct Ascent {
  BlendWeights<members> weights;
  double mean = 0;
};

/// Weights by coordinate ascent on the metric itself (Metzler and Croft, "Linear feature-based models for information
/// retrieval", Information Retrieval 2007): from `start`, each weight in turn takes the value of a grid that gains
/// most, if the gain is clear of chance; four rounds at most. Member `fixed` keeps its weight, since only ratios
/// matter.
template <std::size_t members>
Ascent<members> ascend_from(BlendWeights<members> start, std::size_t fixed,
                            std::span<const BlendQuestion<members>> questions, AscentOptions options) {
  constexpr std::array member_grid{0.0F, 0.05F, 0.1F, 0.2F, 0.3F, 0.5F, 0.75F, 1.0F, 1.5F};
  // Narrow: what helps with far-reaching exponents one month hurts the next.
  constexpr std::array availability_grid{0.0F, 0.05F, 0.1F, 0.15F, 0.2F, 0.3F};
  constexpr std::array popularity_grid{-0.1F, -0.05F, 0.0F, 0.05F, 0.1F};
  constexpr int rounds = 4;

  std::vector<float> scratch;
  const auto gains = [&](const BlendWeights<members>& weights) {
    std::vector<double> answer;
    answer.reserve(questions.size());
    for (const auto& question : questions) answer.push_back(ndcg(question, weights, options.cut, scratch));
    return answer;
  };
  auto weights = start;
  auto here = gains(weights);
  bool changed = true;
  const auto improve = [&](float& value, std::span<const float> grid) {
    const auto before = value;
    auto best = before;
    auto best_gains = here;
    double best_mean = 0;
    for (const auto candidate : grid) {
      if (candidate == before) continue;
      value = candidate;
      auto there = gains(weights);
      const auto [mean, error] =
          paired_difference(there.size(), [&](std::size_t q) { return there[q] - here[q]; });
      if (mean <= options.certainty * error || mean <= best_mean) continue;
      best = candidate;
      best_mean = mean;
      best_gains = std::move(there);
    }
    value = best;
    here = std::move(best_gains);
    changed |= best != before;
  };
  for (int round = 0; round < rounds && changed; ++round) {
    changed = false;
    for (std::size_t m = 0; m < members; ++m)
      if (m != fixed) improve(weights.member[m], member_grid);
    improve(weights.availability, availability_grid);
    improve(weights.popularity, popularity_grid);
  }
  double sum = 0;
  for (const auto gain : here) sum += gain;
  return {weights, sum / static_cast<double>(std::max<std::size_t>(1, here.size()))};
}

/// The best of the ascents from each of `starts`: one member alone is often a hill of its own.
template <std::size_t members>
BlendWeights<members> ascend(std::span<const std::type_identity_t<BlendWeights<members>>> starts,
                             std::size_t fixed, const std::vector<BlendQuestion<members>>& questions,
                             AscentOptions options) {
  Ascent<members> best{.weights = starts.front(), .mean = -1};
  for (const auto& start : starts)
    if (const auto found = ascend_from<members>(start, fixed, questions, options); found.mean > best.mean)
      best = found;
  return best.weights;
}

}  // namespace cloudcart::recommendation
