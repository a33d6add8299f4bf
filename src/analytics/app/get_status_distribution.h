#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// Orders by their present status: all, or those placed in the dates asked for.
class GetStatusDistribution {
 public:
  explicit GetStatusDistribution(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
