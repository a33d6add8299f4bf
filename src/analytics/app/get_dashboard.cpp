#include "analytics/app/get_dashboard.h"

namespace cloudcart::analytics {
namespace {

constexpr std::size_t top_products = 10;
constexpr std::size_t recent_orders = 10;

}  // namespace

Task<Result<PeriodReport>> GetDashboard::operator()(Caller caller, PeriodRequest request) {
  std::optional<Extent> extent;
  if (!request.dates) {
    CLOUDCART_CO_TRY(extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  }
  auto period = latest_days(request, default_days, sources_.shop.time_zone, sources_.clock.now(), extent);
  ReportRequest wanted{.range = period.range(),
                       .days = day_bounds(period.dates, period.zone),
                       .previous_days = day_bounds(period.previous(), period.zone),
                       .top_products = top_products,
                       .statuses = true,
                       .recent_orders = recent_orders};
  co_return co_await report_period(sources_, std::move(caller), std::move(period), std::move(wanted));
}

}  // namespace cloudcart::analytics
