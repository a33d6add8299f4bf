#include "analytics/app/get_status_distribution.h"

namespace cloudcart::analytics {

Task<Result<PeriodReport>> GetStatusDistribution::operator()(Caller caller, PeriodRequest request) {
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  auto period = whole_history(request, sources_.shop.time_zone, sources_.clock.now(), extent);
  ReportRequest wanted{.statuses = true};
  if (request.has_days()) wanted.range = period.range();
  co_return co_await report_period(sources_, std::move(caller), std::move(period), std::move(wanted));
}

}  // namespace cloudcart::analytics
