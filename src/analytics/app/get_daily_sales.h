#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// Sales of each day: of the last seven, or as many as asked for, up to today; or of the dates asked for.
class GetDailySales {
 public:
  explicit GetDailySales(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
