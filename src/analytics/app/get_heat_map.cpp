#include "analytics/app/get_heat_map.h"

namespace cloudcart::analytics {
namespace {

constexpr int default_days = 28;

}  // namespace

Task<Result<HeatMapReport>> GetHeatMap::operator()(Caller caller, PeriodRequest request, Metric metric) {
  const auto now = sources_.clock.now();
  std::optional<Extent> extent;
  if (!request.dates) {
    CLOUDCART_CO_TRY(extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  }
  auto period = latest_days(request, default_days, sources_.shop.time_zone, now, extent);
  auto query = heat_map_query(period.dates, period.zone);
  query.customers = definition_of(metric).source == Source::customers;
  query.passages = definition_of(metric).source == Source::passages;
  CLOUDCART_CO_TRY(const auto answers,
                   co_await sources_.cube.ask(caller.tenant, {.queries = {query}}, caller.deadline));
  auto cells = heat_map_from(query, answers.answers[0], now);
  co_return HeatMapReport{
      co_await frame_of(sources_, std::move(caller), std::move(period), now, answers.progress), metric,
      std::move(cells)};
}

}  // namespace cloudcart::analytics
