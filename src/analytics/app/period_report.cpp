#include "analytics/app/period_report.h"

#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {

Task<std::int64_t> ReportSources::events_behind(Progress progress, Deadline deadline) const {
  return log_end.behind(progress.position, deadline);
}

Task<Result<PeriodReport>> report_period(ReportSources sources, Caller caller, Period period,
                                         ReportRequest request) {
  CLOUDCART_CO_TRY(auto answers,
                   co_await sources.cube.ask(caller.tenant, questions_of(request), caller.deadline));
  auto report = report_from(request, std::move(answers));
  const auto behind = co_await sources.events_behind(report.progress, caller.deadline);
  co_return PeriodReport{std::move(period), std::move(report), behind, sources.clock.now()};
}

}  // namespace cloudcart::analytics
