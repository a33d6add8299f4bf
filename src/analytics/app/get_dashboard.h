#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// The whole overview of a period and the one before: the last seven days, or, when nothing happened in
/// these, the seven that end on the last day with data; or the dates asked for.
class GetDashboard {
 public:
  explicit GetDashboard(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
