#include "analytics/domain/forecast_models.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace cloudcart::analytics {
namespace {

/// What is left of the trend each day.
constexpr double damping = 0.9;

constexpr std::array level_weights{0.05, 0.1, 0.2, 0.3, 0.5};
/// Without a weight the trend at the start fades away, and simple smoothing is what remains.
constexpr std::array trend_weights{0.0, 0.05, 0.2};
constexpr std::array season_weights{0.05, 0.1, 0.2, 0.4};

double mean(std::span<const double> days) {
  return std::accumulate(days.begin(), days.end(), 0.0) / static_cast<double>(days.size());
}

double error_one_day_ahead(std::span<const double> history, SmoothingWeights weights) {
  HoltWinters model(history, weights);
  double error = 0;
  for (const double day : history.subspan(HoltWinters::start_days)) {
    error += std::abs(day - model.ahead(1));
    model.take(day);
  }
  return error;
}

}  // namespace

SeasonalNaive::SeasonalNaive(std::span<const double> history) {
  const auto last = history.last<season_days>();
  std::ranges::copy(last, week_.begin());
}

HoltWinters::HoltWinters(std::span<const double> history, SmoothingWeights weights) : weights_(weights) {
  const auto first = history.first<season_days>(), second = history.subspan<season_days, season_days>();
  const double first_mean = mean(first), second_mean = mean(second);
  level_ = second_mean;
  trend_ = (second_mean - first_mean) / static_cast<double>(season_days);
  for (std::size_t day = 0; day < season_days; ++day)
    season_[day] = (first[day] - first_mean + second[day] - second_mean) / 2;
}

void HoltWinters::take(double observed) {
  const double faded = damping * trend_;
  const double expected_level = level_ + faded;
  double& season = season_[next_];
  const double level = weights_.level * (observed - season) + (1 - weights_.level) * expected_level;
  trend_ = weights_.trend * (level - level_) + (1 - weights_.trend) * faded;
  season = weights_.season * (observed - expected_level) + (1 - weights_.season) * season;
  level_ = level;
  next_ = next_ + 1 == season_days ? 0 : next_ + 1;
}

double HoltWinters::ahead(std::size_t days) const {
  double slope = 0, kept = 1;
  for (std::size_t day = 0; day < days; ++day) slope += kept *= damping;
  return level_ + slope * trend_ + season_[(next_ + days - 1) % season_days];
}

SmoothingWeights fit_smoothing(std::span<const double> history) {
  SmoothingWeights best;
  double least = std::numeric_limits<double>::infinity();
  for (const double level : level_weights) {
    for (const double trend : trend_weights) {
      for (const double season : season_weights) {
        const SmoothingWeights weights{level, trend, season};
        const double error = error_one_day_ahead(history, weights);
        if (error >= least) continue;
        least = error;
        best = weights;
      }
    }
  }
  return best;
}

}  // namespace cloudcart::analytics
