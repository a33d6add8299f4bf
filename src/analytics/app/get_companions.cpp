#include "analytics/app/get_companions.h"

namespace cloudcart::analytics {

Task<Result<CompanionReport>> GetCompanions::operator()(Caller caller, ProductId product,
                                                        PeriodRequest request, std::size_t limit) {
  const auto now = sources_.clock.now();
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  auto period = whole_history(request, sources_.shop.time_zone, now, extent);
  const auto range = period.range();
  CLOUDCART_CO_TRY(auto frame, co_await frame_before(sources_, caller, std::move(period), now));
  CLOUDCART_CO_TRY(auto companions,
                   co_await sources_.cube.companions(caller.tenant, product, range, limit, caller.deadline));
  if (!companions) co_return fail(ErrorCode::not_found, "No order ever held this product.");
  co_return CompanionReport{std::move(frame), product, std::move(*companions)};
}

}  // namespace cloudcart::analytics
