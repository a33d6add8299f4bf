#pragma once

#include "analytics/app/period_report.h"
#include "analytics/domain/query.h"

namespace cloudcart::analytics {

/// A query's answer, the days that it is about, and how fresh it is.
struct QueryReport {
  Period period;
  std::optional<DateRange> compared;
  QueryResult result;
  Progress progress;
  std::int64_t events_behind = 0;
  Timestamp as_of;
};

/// Answers a question in the words of the layer: about the dates asked for, or the last thirty days, or all time.
class RunQuery {
 public:
  explicit RunQuery(ReportSources sources) : sources_(sources) {}
  /// Errors: validation_failed too, for more groups than are answered.
  Task<Result<QueryReport>> operator()(Caller caller, Query query);

 private:
  Task<Result<Period>> period_of(const Caller& caller, const Query& query);

  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
