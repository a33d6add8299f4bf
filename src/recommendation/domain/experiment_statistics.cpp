#include "recommendation/domain/experiment_statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cloudcart::recommendation {
namespace {

/// Before so much is there the means are not near enough to normal.
constexpr double least_units = 50, least_events = 20;
/// The beta mixture of shares: a standard deviation of 0.05 around one half.
constexpr double preference_prior = 50;
/// The Dirichlet mixture of ratios, as strong as so many subjects.
constexpr double ratio_prior = 1000;
/// Halvings of an interval no longer than 1: as exact as a double.
constexpr int halvings = 60;

double square(double x) {
  return x * x;
}

double normal_tail(double x) {
  return std::erfc(x / std::numbers::sqrt2) / 2;
}

double log_beta(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}

double p_of_log_ratio(double log_ratio) {
  return log_ratio > 0 ? std::exp(-log_ratio) : 1;
}

/// Of all units together.
double pooled_variance(const Sample& a, const Sample& b) {
  const auto units = a.units + b.units;
  const auto mean = (a.units * a.mean + b.units * b.mean) / units;
  const auto around = [mean](const Sample& s) { return s.units * (s.variance + square(s.mean - mean)); };
  return (around(a) + around(b)) / units;
}

}  // namespace

Sample Sample::of(double units, double events, double sum, double squares) {
  Sample sample{.units = units, .events = events};
  if (units == 0) return sample;
  sample.mean = sum / units;
  sample.variance = std::max(0.0, squares / units - square(sample.mean));
  return sample;
}

LiftTest::LiftTest(const Sample& control, const Sample& variant, double expected_lift)
    : control_mean_(control.mean), variant_mean_(variant.mean) {
  if (control.units < least_units || variant.units < least_units) return;
  if (control.events + variant.events < least_events) return;
  const auto pooled = pooled_variance(control, variant);
  control_variance_ = std::max(control.variance, pooled) / control.units;
  variant_variance_ = std::max(variant.variance, pooled) / variant.units;
  const auto units = control.units + variant.units;
  const auto mean = (control.units * control.mean + variant.units * variant.mean) / units;
  mixture_ = square(expected_lift * mean);
  defined_ = mixture_ > 0 && control_variance_ + variant_variance_ > 0;
}

std::optional<double> LiftTest::lift() const {
  if (control_mean_ <= 0) return std::nullopt;
  return variant_mean_ / control_mean_ - 1;
}

double LiftTest::p_value() const {
  if (!defined_) return 1;
  const auto difference = std::abs(variant_mean_ - control_mean_);
  return 2 * normal_tail(difference / std::sqrt(control_variance_ + variant_variance_));
}

double LiftTest::always_valid_p_value() const {
  if (!defined_) return 1;
  const auto variance = control_variance_ + variant_variance_;
  const auto both = variance + mixture_;
  return p_of_log_ratio(std::log(variance / both) / 2 +
                        mixture_ * square(variant_mean_ - control_mean_) / (2 * variance * both));
}

std::optional<Interval> LiftTest::interval(double alpha) const {
  return fieller(square(normal_quantile(alpha / 2)));
}

std::optional<Interval> LiftTest::always_valid_interval(double alpha) const {
  const auto variance = control_variance_ + variant_variance_;
  const auto both = variance + mixture_;
  return fieller(both / mixture_ * (2 * std::log(1 / alpha) + std::log(both / variance)));
}

/// The ratios r of the means with (variant - r·control)² ≤ critical² · variance of that.
std::optional<Interval> LiftTest::fieller(double squared_critical) const {
  if (!defined_) return std::nullopt;
  const auto a = square(control_mean_) - squared_critical * control_variance_;
  if (a <= 0) return std::nullopt;
  const auto b = control_mean_ * variant_mean_;
  const auto c = square(variant_mean_) - squared_critical * variant_variance_;
  const auto root = std::sqrt(std::max(0.0, square(b) - a * c));
  return Interval{std::max(0.0, (b - root) / a) - 1, (b + root) / a - 1};
}

std::optional<double> PreferenceTest::share() const {
  const auto count = wins_ + losses_;
  if (count == 0) return std::nullopt;
  return static_cast<double>(wins_) / static_cast<double>(count);
}

double PreferenceTest::p_value() const {
  const auto count = static_cast<double>(wins_ + losses_);
  const auto apart = std::abs(static_cast<double>(wins_ - losses_));
  return apart <= 1 ? 1 : 2 * normal_tail((apart - 1) / std::sqrt(count));
}

double PreferenceTest::log_ratio_against(double share) const {
  const auto wins = static_cast<double>(wins_), losses = static_cast<double>(losses_);
  return log_beta(preference_prior + wins, preference_prior + losses) -
         log_beta(preference_prior, preference_prior) - wins * std::log(share) - losses * std::log1p(-share);
}

double PreferenceTest::always_valid_p_value() const {
  return p_of_log_ratio(log_ratio_against(0.5));
}

std::optional<Interval> PreferenceTest::interval(double alpha) const {
  const auto middle = share();
  if (!middle) return std::nullopt;
  const auto count = static_cast<double>(wins_ + losses_);
  const auto z = normal_quantile(alpha / 2);
  const auto scale = 1 / (1 + z * z / count);
  const auto center = (*middle + z * z / (2 * count)) * scale;
  const auto reach = z * scale * std::sqrt(*middle * (1 - *middle) / count + z * z / (4 * count * count));
  return Interval{std::max(0.0, center - reach), std::min(1.0, center + reach)};
}

std::optional<Interval> PreferenceTest::always_valid_interval(double alpha) const {
  const auto middle = share();
  if (!middle) return std::nullopt;
  const auto bound = std::log(1 / alpha);
  // The ratio grows from the share that was seen to either side: where it reaches the bound is the end.
  const auto end = [&](double inside, double outside) {
    for (int i = 0; i < halvings; ++i) {
      const auto between = (inside + outside) / 2;
      (log_ratio_against(between) < bound ? inside : outside) = between;
    }
    return outside;
  };
  return Interval{wins_ == 0 ? 0 : end(*middle, 0), losses_ == 0 ? 1 : end(*middle, 1)};
}

RatioCheck check_ratio(std::span<const std::int64_t> counts, std::span<const std::int64_t> weights) {
  double sum = 0, weight_sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum += static_cast<double>(counts[i]);
    weight_sum += static_cast<double>(weights[i]);
  }
  if (sum == 0) return {};
  RatioCheck check;
  double log_ratio = std::lgamma(ratio_prior) - std::lgamma(ratio_prior + sum);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<double>(counts[i]), share = static_cast<double>(weights[i]) / weight_sum;
    check.chi_square += square(count - sum * share) / (sum * share);
    log_ratio +=
        std::lgamma(ratio_prior * share + count) - std::lgamma(ratio_prior * share) - count * std::log(share);
  }
  check.p_value = chi_square_tail(check.chi_square, static_cast<int>(counts.size()) - 1);
  check.always_valid_p_value = p_of_log_ratio(log_ratio);
  return check;
}

/// By the recurrence of the incomplete gamma function, Q(a+1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a+1).
double chi_square_tail(double value, int degrees) {
  if (value <= 0) return 1;
  const auto x = value / 2;
  const bool odd = degrees % 2 != 0;
  double a = odd ? 0.5 : 1;
  double tail = odd ? std::erfc(std::sqrt(x)) : std::exp(-x);
  for (; 2 * a + 1 < degrees; ++a) tail += std::exp(a * std::log(x) - x - std::lgamma(a + 1));
  return std::min(1.0, tail);
}

double normal_quantile(double tail) {
  double low = -40, high = 40;
  for (int i = 0; i < halvings + 10; ++i) {
    const auto middle = (low + high) / 2;
    (normal_tail(middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace cloudcart::recommendation
