#include "analytics/app/get_cohorts.h"

namespace cloudcart::analytics {

Task<Result<CohortReport>> GetCohorts::operator()(Caller caller, PeriodRequest request, int months) {
  const auto now = sources_.clock.now();
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  auto period = latest_months(request, months, sources_.shop.time_zone, now, extent);
  auto axis = time_axis(Dimension::month, period.dates, period.zone);
  CLOUDCART_CO_TRY(auto frame, co_await frame_before(sources_, caller, std::move(period), now));
  CLOUDCART_CO_TRY(const auto cohorts,
                   co_await sources_.cube.cohorts(caller.tenant, axis.axis, caller.deadline));
  auto cells = retention(cohorts, axis.axis, now);
  co_return CohortReport{std::move(frame), std::move(axis.groups), std::move(cells)};
}

}  // namespace cloudcart::analytics
