#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace cloudcart::recommendation {

struct Interval {
  double low = 0;
  double high = 0;
};

/// One variant's units (subjects) and a figure of each.
struct Sample {
  double units = 0;
  double events = 0;    ///< units whose figure is not 0
  double mean = 0;      ///< of the figure
  double variance = 0;  ///< of the figure, not of its mean

  /// From the sums of the figure and of its squares.
  static Sample of(double units, double events, double sum, double squares);
};

/// How one variant's mean compares with the control's, as a lift: 0.1 is ten percent more.
///
/// The **fixed-horizon** figures are right when they are looked at once, at a time that was chosen beforehand.
/// The **always-valid** ones are right whenever they are looked at, however often, and also when that decides
/// when to stop: the mixture sequential probability ratio test (mSPRT) of Johari, Pekelis and Walsh, "Always
/// Valid Inference: Continuous Monitoring of A/B Tests" (Operations Research 70(3), 2022). With D the difference
/// of the means, V its variance and a normal mixture N(0, τ²) of possible differences,
///   Λ = √(V/(V+τ²)) · exp(τ²D² / (2V(V+τ²)))  and  p = min(1, 1/Λ);
/// τ is the lift that is expected times the mean of both, and the test takes fewest subjects near it. It rests
/// on the means being close to normal, so it says nothing before there are some dozens of units and events.
/// Intervals of the lift are Fieller's (Biometrika 41, 1954) with the critical value of either test: they hold 0
/// exactly when the test does not reject, and stay right for means near 0. The variance of either mean is at
/// least that of all units together, so that a variant without any event is not taken for one without chance.
class LiftTest {
 public:
  LiftTest(const Sample& control, const Sample& variant, double expected_lift);

  /// Enough to say anything at all.
  bool is_defined() const { return defined_; }
  std::optional<double> lift() const;
  double p_value() const;               ///< two-sided, fixed horizon; 1 when nothing can be said
  double always_valid_p_value() const;  ///< as of now; 1 when nothing can be said
  /// That hold the lift with a chance of at least 1 - `alpha`. Empty when nothing can be said, or when the
  /// control's mean could be 0.
  std::optional<Interval> interval(double alpha) const;
  std::optional<Interval> always_valid_interval(double alpha) const;

 private:
  std::optional<Interval> fieller(double squared_critical) const;

  double control_mean_ = 0, variant_mean_ = 0;
  double control_variance_ = 0, variant_variance_ = 0;  ///< of the means
  double mixture_ = 0;                                  ///< τ²
  bool defined_ = false;
};

/// Whether of those who prefer one of two things half prefer either: the sign test with a symmetric beta
/// mixture of the share, Λ = B(a+w, a+l) / B(a, a) · 2^(w+l). Exact at every moment (Ville's inequality) as long
/// as nobody's preference changes once it is counted.
class PreferenceTest {
 public:
  PreferenceTest(std::int64_t wins, std::int64_t losses) : wins_(wins), losses_(losses) {}

  std::optional<double> share() const;  ///< of the wins; empty before the first preference
  double p_value() const;               ///< two-sided, with the continuity correction
  double always_valid_p_value() const;
  std::optional<Interval> interval(double alpha) const;  ///< of the share, by Wilson's score
  std::optional<Interval> always_valid_interval(double alpha) const;

 private:
  double log_ratio_against(double share) const;

  std::int64_t wins_, losses_;
};

/// Whether subjects came to the variants in proportion to the weights; if they did not, something loses some of
/// them, and no comparison is worth anything.
struct RatioCheck {
  double chi_square = 0;
  double p_value = 1;  ///< Pearson's, fixed horizon
  double always_valid_p_value =
      1;  ///< Lindon and Malek, "Anytime-valid inference for multinomial count data", 2022
};
RatioCheck check_ratio(std::span<const std::int64_t> counts, std::span<const std::int64_t> weights);

/// The chance that a chi-square variable with `degrees` degrees of freedom is `value` or more.
double chi_square_tail(double value, int degrees);
/// x with Φ(x) = 1 - `tail`.
double normal_quantile(double tail);

}  // namespace cloudcart::recommendation
