#include "analytics/app/get_user_activity.h"

namespace cloudcart::analytics {
namespace {

constexpr int default_days = 30;
constexpr std::size_t top_customers = 20;

}  // namespace

Task<Result<PeriodReport>> GetUserActivity::operator()(Caller caller, PeriodRequest request) {
  auto period = days_up_to_today(request, default_days, sources_.shop.time_zone, sources_.clock.now());
  ReportRequest wanted{.range = period.range(), .top_customers = top_customers};
  co_return co_await report_period(sources_, std::move(caller), std::move(period), std::move(wanted));
}

}  // namespace cloudcart::analytics
