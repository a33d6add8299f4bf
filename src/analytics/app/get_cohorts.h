#pragma once

#include "analytics/app/report_frame.h"
#include "analytics/domain/retention.h"

namespace cloudcart::analytics {

struct CohortReport {
  ReportFrame frame;
  std::vector<TimeGroup> months;  ///< that the cells name by number
  std::vector<RetentionCell> cells;
};

/// Customers by the month of their first order, and how many came again: of the last `months` up to the running
/// one, or, when nothing happened in these, up to the last month with data.
class GetCohorts {
 public:
  explicit GetCohorts(ReportSources sources) : sources_(sources) {}
  Task<Result<CohortReport>> operator()(Caller caller, PeriodRequest request, int months);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
