#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/domain/forecast_models.h"
#include "analytics/domain/number.h"

namespace cloudcart::analytics {

enum class ForecastMethod : std::uint8_t { seasonal_naive, exponential_smoothing };
std::string_view to_string(ForecastMethod method);

/// Both ends included.
struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool operator==(const Interval&) const = default;
};

/// What one day is expected to bring.
struct ForecastDay {
  std::int64_t expected = 0;
  Interval likely;       ///< 80 %
  Interval very_likely;  ///< 95 %
  bool operator==(const ForecastDay&) const = default;
};

/// How far a method was off in the backtest.
struct MethodError {
  ForecastMethod method;
  std::int64_t mean_absolute_error = 0;
  /// The sum of what it was off by, in percent of the sum of what came in (WAPE); nullopt when that is nothing.
  std::optional<Number> percent_off;
  bool operator==(const MethodError&) const = default;
};

/// Forecasts of days that are known by now, each made from the days before it alone: the rolling origin of
/// Hyndman & Athanasopoulos, "Forecasting: Principles and Practice" (3rd edition), section 5.10.
struct Backtest {
  static constexpr std::size_t horizon = 14;  ///< days ahead, at most

  std::size_t origins = 0;  ///< days from which was looked ahead
  std::size_t checks = 0;   ///< days forecast and compared, over all origins
  std::vector<MethodError> methods;
  bool operator==(const Backtest&) const = default;
};

enum class ForecastState : std::uint8_t {
  made,
  too_little_history,  ///< fewer than `min_history_days`
  nothing_sold,        ///< zero on each day: there is nothing to learn from
};

struct Forecast {
  ForecastState state = ForecastState::made;
  std::size_t history_days = 0;          ///< that it was made from
  std::optional<ForecastMethod> method;  ///< the one that was off less; when both were the same, the simpler
  std::optional<SmoothingWeights> weights;  ///< of exponential smoothing
  std::vector<ForecastDay> days;            ///< none unless made
  Backtest backtest;
};

constexpr std::size_t min_history_days = 14;
/// From here on exponential smoothing has something to be fitted to and is compared as well.
constexpr std::size_t min_smoothing_days = 28;
/// Older days are left out: two years of 365.
constexpr std::size_t max_history_days = 730;

/// The `days` after `history`, whole days with the newest one last. The same history gives the same forecast.
///
/// An interval reaches as far from what is expected as the method was off in the backtest, as many weeks ahead, in
/// 80 (95) of 100 cases: the quantile of Lei et al., "Distribution-Free Predictive Inference for Regression"
/// (2018). It assumes no distribution, but that errors go on as they were; as they overlap, the share that it
/// covers is approximate. Beyond what was tested the interval widens with the square root of the weeks, as that of
/// the seasonal naive method does (Hyndman & Athanasopoulos, table 5.2). A shop that never had a negative day is
/// forecast none.
Forecast forecast(std::span<const std::int64_t> history, std::size_t days);

/// In words for a shop owner: which method, how far it was off, or why there is none.
std::string explain(const Forecast& forecast);

}  // namespace cloudcart::analytics
