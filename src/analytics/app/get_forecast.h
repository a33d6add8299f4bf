#pragma once

#include "analytics/app/report_frame.h"
#include "analytics/domain/forecast.h"

namespace cloudcart::analytics {

struct ForecastReport {
  ReportFrame frame;                 ///< its period is the days forecast
  std::optional<DateRange> history;  ///< none while no whole day has gone by
  Forecast forecast;
};

/// What net revenue the next days are expected to bring, from the running day on; when nothing happened in the last
/// two weeks, those after the last day with data.
class GetForecast {
 public:
  explicit GetForecast(ReportSources sources) : sources_(sources) {}
  Task<Result<ForecastReport>> operator()(Caller caller, PeriodRequest request, int days);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
