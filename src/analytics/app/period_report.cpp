#include "analytics/app/period_report.h"

#include <algorithm>

#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {

Task<Result<PeriodReport>> report_period(ReportSources sources, Caller caller, Period period,
                                         ReportRequest request) {
  CLOUDCART_CO_TRY(auto answers,
                   co_await sources.cube.ask(caller.tenant, questions_of(request), caller.deadline));
  auto report = report_from(request, std::move(answers));
  const auto end = co_await sources.log_end.position(caller.deadline);
  const auto behind = std::max<std::int64_t>(0, end - report.progress.position);
  co_return PeriodReport{std::move(period), std::move(report), behind, sources.clock.now()};
}

}  // namespace cloudcart::analytics
