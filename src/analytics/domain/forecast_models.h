#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace cloudcart::analytics {

/// Sales of shops repeat from week to week.
constexpr std::size_t season_days = 7;

/// Each day brings what the same day of the last week known brought: Hyndman & Athanasopoulos, "Forecasting:
/// Principles and Practice" (3rd edition), section 5.2.
class SeasonalNaive {
 public:
  /// From one week or more, the newest day last.
  explicit SeasonalNaive(std::span<const double> history);
  /// `days` ≥ 1 after the last one of the history.
  double ahead(std::size_t days) const { return week_[(days - 1) % season_days]; }

 private:
  std::array<double, season_days> week_{};
};

/// How much of what is new goes into each of the parts, 0 to 1.
struct SmoothingWeights {
  double level = 0;
  double trend = 0;
  double season = 0;
};

/// Exponential smoothing with an additive week and a damped trend: Holt–Winters, as in Hyndman & Athanasopoulos,
/// section 8.3. The trend fades, since one that is drawn on overshoots (section 8.2).
class HoltWinters {
 public:
  /// What it starts from.
  static constexpr std::size_t start_days = 2 * season_days;

  /// Begins after the first `start_days` of a history: at the level of the second week, with the slope between
  /// the two and the mean pattern of both.
  HoltWinters(std::span<const double> history, SmoothingWeights weights);
  void take(double observed);
  /// `days` ≥ 1 after the last one taken.
  double ahead(std::size_t days) const;

 private:
  SmoothingWeights weights_;
  double level_ = 0;
  double trend_ = 0;
  std::array<double, season_days> season_{};
  std::size_t next_ = 0;  ///< whose turn it is in the season
};

/// The weights that were wrong least, one day ahead and in absolute amounts, over a history of more than
/// `start_days`. A fixed grid is tried: it has no minimum to get stuck in, and the same history gives the same
/// answer.
SmoothingWeights fit_smoothing(std::span<const double> history);

}  // namespace cloudcart::analytics
