#include "analytics/app/get_segments.h"

namespace cloudcart::analytics {

Task<Result<SegmentReport>> GetSegments::operator()(Caller caller) {
  const auto now = sources_.clock.now();
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  auto period = whole_history({}, sources_.shop.time_zone, now, extent);
  CLOUDCART_CO_TRY(auto frame, co_await frame_before(sources_, caller, std::move(period), now));
  CLOUDCART_CO_TRY(const auto customers, co_await sources_.cube.customers(caller.tenant, caller.deadline));
  co_return SegmentReport{std::move(frame), segment_customers(customers, now)};
}

}  // namespace cloudcart::analytics
