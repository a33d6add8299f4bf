#pragma once

#include "analytics/app/period_report.h"

namespace cloudcart::analytics {

/// What every report says beside its figures: the days that it is about, and how fresh they are.
struct ReportFrame {
  Period period;
  Progress progress;
  std::int64_t events_behind = 0;
  Timestamp as_of;
};

/// For figures that the cube answered with this progress.
Task<ReportFrame> frame_of(ReportSources sources, Caller caller, Period period, Timestamp as_of,
                           Progress progress);

/// For figures that the cube is asked for next: they are of this progress or a later one.
Task<Result<ReportFrame>> frame_before(ReportSources sources, Caller caller, Period period, Timestamp as_of);

}  // namespace cloudcart::analytics
