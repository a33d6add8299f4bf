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

template <class T>
Task<Result<T>> SimAnalyticsStore::look(Deadline deadline, std::function<Task<Result<T>>()> read) {
  co_return co_await call_port<Result<T>>(site_, Port::analytics_store, Access::read, deadline,
                                          std::move(read));
}

Task<Result<Applied>> SimAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (site_.context.is(Mutation::position_before_effect) && !records.empty() && site_.process.is_alive())
    disk_.early_position = std::max(disk_.early_position, records.back().position);
  co_return co_await call_port<Result<Applied>>(site_, Port::analytics_store, Access::repeatable_write,
                                                deadline,
                                                [&] { return inner_.apply(mutated(records), deadline); });
}

Task<Result<std::optional<analytics::Extent>>> SimAnalyticsStore::extent(TenantId tenant, Deadline deadline) {
  co_return co_await look<std::optional<analytics::Extent>>(deadline,
                                                            [&] { return inner_.extent(tenant, deadline); });
}

Task<Result<analytics::CubeAnswers>> SimAnalyticsStore::ask(TenantId tenant,
                                                            analytics::CubeQuestions questions,
                                                            Deadline deadline) {
  co_return co_await look<analytics::CubeAnswers>(deadline,
                                                  [&] { return inner_.ask(tenant, questions, deadline); });
}

Task<Result<std::optional<analytics::Companions>>> SimAnalyticsStore::companions(
    TenantId tenant, ProductId product, analytics::TimeRange range, std::size_t limit, Deadline deadline) {
  co_return co_await look<std::optional<analytics::Companions>>(
      deadline, [&] { return inner_.companions(tenant, product, range, limit, deadline); });
}

Task<Result<std::vector<analytics::Cohort>>> SimAnalyticsStore::cohorts(TenantId tenant,
                                                                        analytics::TimeAxis months,
                                                                        Deadline deadline) {
  co_return co_await look<std::vector<analytics::Cohort>>(
      deadline, [&] { return inner_.cohorts(tenant, months, deadline); });
}

Task<Result<std::vector<analytics::CustomerProfile>>> SimAnalyticsStore::customers(TenantId tenant,
                                                                                   Deadline deadline) {
  co_return co_await look<std::vector<analytics::CustomerProfile>>(
      deadline, [&] { return inner_.customers(tenant, deadline); });
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
