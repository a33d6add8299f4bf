#pragma once

#include "analytics/app/report_frame.h"
#include "analytics/domain/segments.h"

namespace cloudcart::analytics {

struct SegmentReport {
  ReportFrame frame;
  Segments segments;
};

/// All customers who ever placed an order, by how recently, how often and for how much.
class GetSegments {
 public:
  explicit GetSegments(ReportSources sources) : sources_(sources) {}
  Task<Result<SegmentReport>> operator()(Caller caller);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
