#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// The customers who spent most: in the last thirty days, or as many as asked for, up to today; or in the
/// dates asked for.
class GetUserActivity {
 public:
  explicit GetUserActivity(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
