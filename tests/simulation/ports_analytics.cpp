#include "simulation/ports.h"

namespace cloudcart::simulation {

using analytics::Applied;

Task<Result<std::int64_t>> SimAnalyticsStore::position(Deadline deadline) {
  co_return co_await call_port<Result<std::int64_t>>(site_, Port::analytics_store, Access::read, deadline,
                                                     [&]() -> Task<Result<std::int64_t>> {
                                                       if (site_.context.is(Mutation::position_before_effect))
                                                         co_return disk_.early_position;
                                                       co_return co_await inner_.position(deadline);
                                                     });
}

std::vector<events::LogRecord> SimAnalyticsStore::mutated(std::vector<events::LogRecord> records) {
  auto& context = site_.context;
  if (context.is(Mutation::duplicates_counted)) {
    for (const auto& [position, event] : records)
      if (!disk_.events.insert(event.event_id).second && event.is_created())
        disk_.counted_twice = disk_.counted_twice.plus(event.total).value();
  }
  for (auto& [position, event] : records) {
    if (context.is(Mutation::refund_not_subtracted) && event.is_cancelled()) event.total = Money{};
    if (context.is(Mutation::status_by_arrival)) event.version = ++disk_.arrivals;
    if (context.is(Mutation::one_event_per_order) && !disk_.orders.insert(event.order_id).second)
      event.type = "order.shipped";
  }
  return records;
}

Task<Result<Applied>> SimAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (site_.context.is(Mutation::position_before_effect) && !records.empty() && site_.process.is_alive())
    disk_.early_position = std::max(disk_.early_position, records.back().position);
  co_return co_await call_port<Result<Applied>>(site_, Port::analytics_store, Access::repeatable_write,
                                                deadline,
                                                [&] { return inner_.apply(mutated(records), deadline); });
}

Task<Result<std::optional<analytics::Extent>>> SimAnalyticsStore::extent(TenantId tenant, Deadline deadline) {
  co_return co_await call_port<Result<std::optional<analytics::Extent>>>(
      site_, Port::analytics_store, Access::read, deadline, [&] { return inner_.extent(tenant, deadline); });
}

Task<Result<analytics::Report>> SimAnalyticsStore::report(TenantId tenant, analytics::ReportRequest request,
                                                          Deadline deadline) {
  co_return co_await call_port<Result<analytics::Report>>(
      site_, Port::analytics_store, Access::read, deadline,
      [&] { return inner_.report(tenant, request, deadline); });
}

Task<Result<std::vector<analytics::PlacedOrder>>> SimAnalyticsStore::placed_after(TenantId tenant,
                                                                                  std::int64_t after,
                                                                                  Deadline deadline) {
  co_return co_await call_port<Result<std::vector<analytics::PlacedOrder>>>(
      site_, Port::analytics_store, Access::read, deadline,
      [&] { return inner_.placed_after(tenant, after, deadline); });
}

Task<Result<analytics::Totals>> SimAnalyticsStore::totals(TenantId tenant, Deadline deadline) {
  co_return co_await call_port<Result<analytics::Totals>>(
      site_, Port::analytics_store, Access::read, deadline, [&] { return inner_.totals(tenant, deadline); });
}

}  // namespace cloudcart::simulation
