#pragma once

#include <cstdint>

#include "analytics/app/log_end.h"
#include "analytics/domain/report.h"
#include "analytics/ports/sales_cube.h"
#include "core/caller.h"
#include "core/clock.h"
#include "core/shop.h"

namespace cloudcart::analytics {

/// What every report is made of.
struct ReportSources {
  SalesCube& cube;
  LogEnd& log_end;
  const Clock& clock;
  const Shop& shop;

  /// How many events of the log are not in an answer of this progress yet.
  Task<std::int64_t> events_behind(Progress progress, Deadline deadline) const;
};

/// A report, the days that it is about, and how fresh it is.
struct PeriodReport {
  Period period;
  Report report;
  std::int64_t events_behind = 0;
  Timestamp as_of;
};

/// Asks the cube for `request`, for a period that is settled already.
Task<Result<PeriodReport>> report_period(ReportSources sources, Caller caller, Period period,
                                         ReportRequest request);

}  // namespace cloudcart::analytics
