#include "analytics/app/get_daily_sales.h"

namespace cloudcart::analytics {
namespace {

constexpr int default_days = 7;

}  // namespace

Task<Result<PeriodReport>> GetDailySales::operator()(Caller caller, PeriodRequest request) {
  auto period = days_up_to_today(request, default_days, sources_.shop.time_zone, sources_.clock.now());
  ReportRequest wanted{.days = day_bounds(period.dates, period.zone)};
  co_return co_await report_period(sources_, std::move(caller), std::move(period), std::move(wanted));
}

}  // namespace cloudcart::analytics
