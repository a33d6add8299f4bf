#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// The products with the highest net revenue, over all time or the dates asked for.
class GetTopProducts {
 public:
  explicit GetTopProducts(ReportSources sources) : sources_(sources) {}
  Task<Result<PeriodReport>> operator()(Caller caller, PeriodRequest request, std::size_t limit);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
