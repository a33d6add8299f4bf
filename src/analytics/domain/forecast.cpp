#include "analytics/domain/forecast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

/// Days at the end of the history from which the backtest looks ahead.
constexpr std::size_t most_origins = 56;
/// Of these the longest look is two weeks.
constexpr std::size_t weeks_tested = Backtest::horizon / season_days;
/// With fewer errors no quantile covers 95 %.
constexpr std::size_t min_errors = 19;

using Errors = std::array<std::vector<double>, weeks_tested>;  ///< by week ahead

std::int64_t rounded(double value) {
  constexpr double most = 9.2e18;  // within int64_t
  return std::llround(std::clamp(value, -most, most));
}

/// Days as doubles, and from where on a forecast may be negative.
struct History {
  std::vector<double> days;
  std::size_t first_negative;  ///< beyond the last day when there is none

  explicit History(std::span<const std::int64_t> given) : days(given.begin(), given.end()) {
    first_negative = static_cast<std::size_t>(std::ranges::find_if(days, [](double day) { return day < 0; }) -
                                              days.begin());
  }
  std::span<const double> before(std::size_t origin) const { return std::span{days}.first(origin); }
  /// What a shop that knows the days before `origin` would say.
  double bounded(double expected, std::size_t origin) const {
    return first_negative < origin ? expected : std::max(0.0, expected);
  }
};

template <class Model>
void note_errors(const History& history, std::size_t origin, const Model& model, Errors& errors) {
  const auto known = std::min(Backtest::horizon, history.days.size() - origin);
  for (std::size_t ahead = 1; ahead <= known; ++ahead) {
    const double expected = history.bounded(model.ahead(ahead), origin);
    errors[(ahead - 1) / season_days].push_back(std::abs(history.days[origin + ahead - 1] - expected));
  }
}

Errors test_seasonal_naive(const History& history, std::size_t first_origin) {
  Errors errors;
  for (std::size_t origin = first_origin; origin < history.days.size(); ++origin)
    note_errors(history, origin, SeasonalNaive(history.before(origin)), errors);
  return errors;
}

/// Fitted before the first origin alone, as the days after it are what the test is about.
Errors test_smoothing(const History& history, std::size_t first_origin) {
  Errors errors;
  HoltWinters model(history.days, fit_smoothing(history.before(first_origin)));
  for (std::size_t day = HoltWinters::start_days; day < history.days.size(); ++day) {
    if (day >= first_origin) note_errors(history, day, model, errors);
    model.take(history.days[day]);
  }
  return errors;
}

std::size_t count(const Errors& errors) {
  return std::accumulate(errors.begin(), errors.end(), std::size_t{0},
                         [](std::size_t sum, const auto& week) { return sum + week.size(); });
}

double sum(const Errors& errors) {
  double total = 0;
  for (const auto& week : errors) total = std::accumulate(week.begin(), week.end(), total);
  return total;
}

/// What came in on the days compared, each as often as it was forecast.
double compared(const History& history, std::size_t first_origin) {
  double total = 0;
  for (std::size_t origin = first_origin; origin < history.days.size(); ++origin) {
    const auto end = std::min(origin + Backtest::horizon, history.days.size());
    for (std::size_t day = origin; day < end; ++day) total += std::abs(history.days[day]);
  }
  return total;
}

MethodError method_error(ForecastMethod method, const Errors& errors, double sold) {
  const double off = sum(errors);
  MethodError error{method, rounded(off / static_cast<double>(count(errors))), std::nullopt};
  if (sold > 0) error.percent_off = Number{rounded(off / sold * 10'000), 2};
  return error;
}

/// How far off the given share of forecasts was at most, by week ahead; never less than a week earlier.
class Spread {
 public:
  Spread(Errors errors, double share) {
    for (auto& week : errors) {
      if (week.size() < min_errors) break;
      const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(week.size() + 1) * share));
      const auto nth = week.begin() + static_cast<std::ptrdiff_t>(std::min(rank, week.size()) - 1);
      std::ranges::nth_element(week, nth);
      by_week_.push_back(by_week_.empty() ? *nth : std::max(*nth, by_week_.back()));
    }
  }
  double ahead(std::size_t days) const {
    const auto week = (days - 1) / season_days;
    if (week < by_week_.size()) return by_week_[week];
    return by_week_.back() * std::sqrt(static_cast<double>(week + 1) / static_cast<double>(by_week_.size()));
  }

 private:
  std::vector<double> by_week_;
};

template <class Model>
std::vector<ForecastDay> look_ahead(const History& history, const Model& model, const Errors& errors,
                                    std::size_t days) {
  const auto known = history.days.size();
  const Spread likely(errors, 0.80), very_likely(errors, 0.95);
  std::vector<ForecastDay> made;
  for (std::size_t ahead = 1; ahead <= days; ++ahead) {
    const double expected = history.bounded(model.ahead(ahead), known);
    const auto interval = [&](const Spread& spread) -> Interval {
      const double reach = spread.ahead(ahead);
      return {rounded(history.bounded(expected - reach, known)), rounded(expected + reach)};
    };
    made.push_back({rounded(expected), interval(likely), interval(very_likely)});
  }
  return made;
}

std::size_t first_origin_of(std::size_t days) {
  if (days < min_smoothing_days) return season_days;
  return std::max(3 * season_days, days - std::min(days, most_origins));
}

HoltWinters fitted(const History& history, SmoothingWeights weights) {
  HoltWinters model(history.days, weights);
  for (const double day : std::span{history.days}.subspan(HoltWinters::start_days)) model.take(day);
  return model;
}

void choose_and_make(const History& history, std::size_t days, Forecast& made) {
  const auto first_origin = first_origin_of(history.days.size());
  const double sold = compared(history, first_origin);
  const auto naive = test_seasonal_naive(history, first_origin);
  made.backtest.origins = history.days.size() - first_origin;
  made.backtest.checks = count(naive);
  made.backtest.methods.push_back(method_error(ForecastMethod::seasonal_naive, naive, sold));
  if (history.days.size() >= min_smoothing_days) {
    const auto smoothing = test_smoothing(history, first_origin);
    made.backtest.methods.push_back(method_error(ForecastMethod::exponential_smoothing, smoothing, sold));
    if (sum(smoothing) < sum(naive)) {
      made.method = ForecastMethod::exponential_smoothing;
      made.weights = fit_smoothing(history.days);
      made.days = look_ahead(history, fitted(history, *made.weights), smoothing, days);
      return;
    }
  }
  made.method = ForecastMethod::seasonal_naive;
  made.days = look_ahead(history, SeasonalNaive(history.days), naive, days);
}

std::string off_by(const Backtest& backtest, ForecastMethod method) {
  const auto error = std::ranges::find(backtest.methods, method, &MethodError::method);
  if (error == backtest.methods.end() || !error->percent_off) return {};
  return to_string(*error->percent_off) + " %";
}

std::string_view in_words(ForecastMethod method) {
  return method == ForecastMethod::seasonal_naive ? "the week before, repeated,"
                                                  : "exponential smoothing with a pattern of the week";
}

}  // namespace

std::string_view to_string(ForecastMethod method) {
  return method == ForecastMethod::seasonal_naive ? "seasonal_naive" : "exponential_smoothing";
}

Forecast forecast(std::span<const std::int64_t> history, std::size_t days) {
  history = history.last(std::min(history.size(), max_history_days));
  Forecast made{.history_days = history.size()};
  if (history.size() < min_history_days) {
    made.state = ForecastState::too_little_history;
  } else if (std::ranges::all_of(history, [](std::int64_t day) { return day == 0; })) {
    made.state = ForecastState::nothing_sold;
  } else {
    choose_and_make(History{history}, days, made);
  }
  return made;
}

std::string explain(const Forecast& forecast) {
  switch (forecast.state) {
    case ForecastState::too_little_history:
      return fmt::format("There is no forecast yet: it takes {} whole days of sales, and there {} {}.",
                         min_history_days, forecast.history_days == 1 ? "is" : "are", forecast.history_days);
    case ForecastState::nothing_sold:
      return fmt::format("There is no forecast: nothing was sold in the last {} days.",
                         forecast.history_days);
    case ForecastState::made:
      break;
  }
  const auto chosen = *forecast.method;
  const bool naive = chosen == ForecastMethod::seasonal_naive;
  const auto other = naive ? ForecastMethod::exponential_smoothing : ForecastMethod::seasonal_naive;
  std::string text{
      naive ? "Each day is expected to bring what the same weekday brought last."
            : "The level and the pattern of the week follow what came in, newer days counting more "
              "(exponential smoothing)."};
  const auto off = off_by(forecast.backtest, chosen), other_off = off_by(forecast.backtest, other);
  if (!off.empty())
    text +=
        fmt::format(" Tried on the last {} days, up to {} days ahead, this was off by {} of revenue",
                    forecast.backtest.origins, std::min(forecast.backtest.origins, Backtest::horizon), off);
  if (!off.empty()) text += other_off.empty() ? "." : fmt::format("; {} by {}.", in_words(other), other_off);
  return text;
}

}  // namespace cloudcart::analytics
