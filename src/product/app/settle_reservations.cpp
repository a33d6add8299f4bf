#include "product/app/settle_reservations.h"

#include <algorithm>
#include <map>

#include <spdlog/spdlog.h>

namespace cloudcart::product {
namespace {

constexpr seconds batch_limit{30};
constexpr milliseconds shortest_pause{100}, longest_pause{30'000};

}  // namespace

Task<Result<std::size_t>> SettleReservations::operator()(Deadline deadline) {
  const auto reserved_before = std::max(clock_.now() - options_.timeout,
                                        options_.placed_by_the_dead_before.value_or(Timestamp::min()));
  CLOUDCART_CO_TRY(const auto waiting, co_await stock_.unsettled(reserved_before, options_.batch, deadline));
  std::map<TenantId, std::vector<OrderId>> by_tenant;
  for (const auto& [tenant, order] : waiting) by_tenant[tenant].push_back(order);
  for (auto& [tenant, ids] : by_tenant) CLOUDCART_CO_CHECK(co_await settle(tenant, std::move(ids), deadline));
  co_return waiting.size();
}

Task<Status> SettleReservations::settle(TenantId tenant, std::vector<OrderId> ids, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto statuses, co_await orders_.settle(tenant, ids, deadline));
  std::vector<SettledOrder> settled;
  for (std::size_t i = 0; i < ids.size(); ++i) settled.push_back({ids[i], statuses.at(i)});
  const auto abandoned = std::ranges::count_if(statuses, [](const auto& status) { return !status; });
  auto changes = co_await stock_.settle(tenant, std::move(settled), clock_.now(), deadline);
  if (!changes) co_return fail(std::move(changes).error());
  if (abandoned > 0) spdlog::warn("gave back the stock of {} orders that never came", abandoned);
  std::vector<ProductId> products;
  for (const auto& change : changes->value) products.push_back(change.product_id);
  if (!products.empty()) co_await cache_.forget(tenant, std::move(products), changes->as_of, deadline);
  co_return Status{};
}

Task<void> SettleReservations::run(BackgroundLoops::StopFlag stop) {
  const auto pause = std::clamp(options_.timeout / 4, shortest_pause, longest_pause);
  while (!stop.stopping()) {
    const auto settled = co_await (*this)(Executor::current()->now() + batch_limit);
    if (!settled)
      spdlog::warn("cannot settle reservations, trying again in {} ms: {}", pause.count(),
                   settled.error().message);
    if (!settled || *settled < options_.batch) co_await stop.sleep_for(pause);
  }
}

}  // namespace cloudcart::product
