#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cloudcart::recommendation {

/// Questions with candidates, each with its features and whether it was right, to learn weights from.
template <std::size_t n>
class RankingSamples {
 public:
  using Features = std::array<float, n>;

  void add(const Features& features, bool right) {
    features_.push_back(features);
    rights_.push_back(right);
    any_right_ |= right;
  }
  /// Ends a question; one without a right candidate teaches nothing and is dropped.
  void close() {
    if (any_right_) {
      ends_.push_back(features_.size());
    } else {
      features_.resize(ends_.empty() ? 0 : ends_.back());
      rights_.resize(features_.size());
    }
    any_right_ = false;
  }
  std::size_t questions() const { return ends_.size(); }
  std::span<const Features> features() const { return features_; }
  bool is_right(std::size_t candidate) const { return rights_[candidate]; }
  std::size_t begin_of(std::size_t question) const { return question == 0 ? 0 : ends_[question - 1]; }
  std::size_t end_of(std::size_t question) const { return ends_[question]; }

 private:
  std::vector<Features> features_;
  std::vector<bool> rights_;
  std::vector<std::size_t> ends_;
  bool any_right_ = false;
};

namespace softmax {

template <std::size_t n>
using Vector = std::array<double, n>;
template <std::size_t n>
using Matrix = std::array<Vector<n>, n>;

/// Solves a·x = b for a symmetric positive definite matrix; empty when it is none.
template <std::size_t n>
std::optional<Vector<n>> solve(Matrix<n> a, Vector<n> b) {
  for (std::size_t k = 0; k < n; ++k) {
    if (a[k][k] <= 0) return std::nullopt;
    for (std::size_t i = k + 1; i < n; ++i) {
      const auto factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

template <std::size_t n>
struct Loss {
  double value = 0;
  Vector<n> gradient{};
  Matrix<n> curvature{};
};

/// Mean over questions of ln(sum of e^(w·x)) - mean over the right ones of w·x, plus l2·|w|².
template <std::size_t n>
Loss<n> loss_at(const RankingSamples<n>& samples, const Vector<n>& mean, const Vector<n>& deviation,
                const Vector<n>& weights, double l2) {
  Loss<n> loss;
  std::vector<Vector<n>> x;
  std::vector<double> score;
  const double share = 1.0 / static_cast<double>(samples.questions());
  for (std::size_t q = 0; q < samples.questions(); ++q) {
    x.clear();
    score.clear();
    double largest = -INFINITY, rights = 0, right_score = 0;
    Vector<n> right_sum{};
    for (auto c = samples.begin_of(q); c < samples.end_of(q); ++c) {
      auto& row = x.emplace_back();
      double sum = 0;
      for (std::size_t f = 0; f < n; ++f) {
        row[f] = (samples.features()[c][f] - mean[f]) / deviation[f];
        sum += weights[f] * row[f];
      }
      score.push_back(sum);
      largest = std::max(largest, sum);
      if (!samples.is_right(c)) continue;
      ++rights;
      right_score += sum;
      for (std::size_t f = 0; f < n; ++f) right_sum[f] += row[f];
    }
    double total = 0;
    for (auto& s : score) total += s = std::exp(s - largest);
    loss.value += share * (std::log(total) + largest - right_score / rights);
    Vector<n> expected{};
    for (std::size_t c = 0; c < x.size(); ++c) {
      const auto chance = score[c] / total;
      for (std::size_t f = 0; f < n; ++f) {
        const auto part = chance * x[c][f];
        expected[f] += part;
        for (std::size_t g = 0; g <= f; ++g) loss.curvature[f][g] += share * part * x[c][g];
      }
    }
    for (std::size_t f = 0; f < n; ++f) {
      loss.gradient[f] += share * (expected[f] - right_sum[f] / rights);
      for (std::size_t g = 0; g <= f; ++g) loss.curvature[f][g] -= share * expected[f] * expected[g];
    }
  }
  for (std::size_t f = 0; f < n; ++f) {
    loss.value += l2 * weights[f] * weights[f];
    loss.gradient[f] += 2 * l2 * weights[f];
    loss.curvature[f][f] += 2 * l2;
    for (std::size_t g = 0; g < f; ++g) loss.curvature[g][f] = loss.curvature[f][g];
  }
  return loss;
}

}  // namespace softmax

/// The weights under which the right candidates are likeliest, when each question picks one by softmax (listwise
/// learning to rank: Cao et al., "Learning to rank: from pairwise approach to listwise approach", ICML 2007).
/// Convex; by Newton's method with halved steps, on features scaled to mean 0 and deviation 1, with a penalty of
/// `l2` on each squared weight. At least one question.
template <std::size_t n>
std::array<float, n> fit_softmax(const RankingSamples<n>& samples, double l2 = 1e-4) {
  softmax::Vector<n> mean{}, deviation{};
  const auto rows = samples.features().first(samples.end_of(samples.questions() - 1));
  for (const auto& row : rows)
    for (std::size_t f = 0; f < n; ++f) mean[f] += row[f] / static_cast<double>(rows.size());
  for (const auto& row : rows)
    for (std::size_t f = 0; f < n; ++f)
      deviation[f] += (row[f] - mean[f]) * (row[f] - mean[f]) / static_cast<double>(rows.size());
  for (auto& d : deviation) d = std::sqrt(d) + 1e-9;

  constexpr int most_steps = 30;
  softmax::Vector<n> weights{};
  auto here = softmax::loss_at(samples, mean, deviation, weights, l2);
  for (int step = 0; step < most_steps; ++step) {
    const auto direction = softmax::solve(here.curvature, here.gradient);
    if (!direction) break;
    auto size = 1.0;
    const auto before = here.value;
    for (; size > 1e-3; size /= 2) {
      auto next = weights;
      for (std::size_t f = 0; f < n; ++f) next[f] -= size * (*direction)[f];
      auto there = softmax::loss_at(samples, mean, deviation, next, l2);
      if (there.value >= here.value) continue;
      weights = next;
      here = there;
      break;
    }
    if (before - here.value < 1e-7) break;
  }
  std::array<float, n> answer{};
  for (std::size_t f = 0; f < n; ++f) answer[f] = static_cast<float>(weights[f] / deviation[f]);
  return answer;
}

}  // namespace cloudcart::recommendation
