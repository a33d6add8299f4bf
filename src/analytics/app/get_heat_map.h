#pragma once

#include "analytics/app/report_frame.h"
#include "analytics/domain/heat_map.h"

namespace cloudcart::analytics {

struct HeatMapReport {
  ReportFrame frame;
  Metric metric = Metric::orders;
  std::vector<HeatMapCell> cells;
};

/// A metric by hour of the week: over the last four weeks, or as many days as asked for; when nothing happened in
/// these, over those that end on the last day with data; or over the dates asked for.
class GetHeatMap {
 public:
  explicit GetHeatMap(ReportSources sources) : sources_(sources) {}
  Task<Result<HeatMapReport>> operator()(Caller caller, PeriodRequest request, Metric metric);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
