#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// The whole overview of a period and of the days that it is compared with: of the last seven days, or as many as
/// asked for; when nothing happened in these, of those that end on the last day with data; or of the dates asked for.
class GetDashboard {
 public:
  static constexpr int default_days = 7;

  explicit GetDashboard(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
