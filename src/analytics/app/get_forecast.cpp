#include "analytics/app/get_forecast.h"

#include <algorithm>

#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {
namespace {

/// The running day is not over, so it says too little: the last one that does is yesterday, or further back in a
/// quiet shop.
Date last_whole_day(const Period& latest, Timestamp now) {
  const auto today = day_of(now, latest.zone);
  return latest.dates.to < today ? latest.dates.to : add_days(today, -1);
}

std::optional<DateRange> history_until(Date last, const std::optional<Extent>& extent, const TimeZone& zone) {
  if (!extent) return std::nullopt;
  const auto first = std::max(day_of(extent->first, zone), add_days(last, 1 - int{max_history_days}));
  if (first > last) return std::nullopt;
  return DateRange{first, last};
}

std::vector<std::int64_t> net_revenue_of(const CubeAnswer& answer, DateRange dates) {
  std::vector<std::int64_t> days(static_cast<std::size_t>(dates.days()));
  for (const auto& row : answer.rows)
    days[std::get<std::uint32_t>(row.members[0])] = row.figures.net().minor_units();
  return days;
}

}  // namespace

Task<Result<ForecastReport>> GetForecast::operator()(Caller caller, PeriodRequest request, int days) {
  const auto now = sources_.clock.now();
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  auto period = latest_days(request, int{min_history_days}, sources_.shop.time_zone, now, extent);
  const auto last = last_whole_day(period, now);
  period.dates = {add_days(last, 1), add_days(last, days)};
  ForecastReport report{.history = history_until(last, extent, period.zone)};
  CubeQuestions question;
  if (report.history) {
    question.queries.push_back(daily_sales_query(day_bounds(*report.history, period.zone)));
    question.queries.back().customers = false;
  }
  CLOUDCART_CO_TRY(const auto answers,
                   co_await sources_.cube.ask(caller.tenant, std::move(question), caller.deadline));
  const auto history =
      report.history ? net_revenue_of(answers.answers[0], *report.history) : std::vector<std::int64_t>{};
  report.forecast = forecast(history, static_cast<std::size_t>(days));
  report.frame = co_await frame_of(sources_, std::move(caller), std::move(period), now, answers.progress);
  co_return report;
}

}  // namespace cloudcart::analytics
