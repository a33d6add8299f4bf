#include "product/app/inventory_consumer.h"

#include <map>

namespace cloudcart::product {
namespace {

/// A created event is no step, whatever the status: an imported order is created in the one it had.
StockStep step_of_event(const events::OrderEvent& event) {
  if (event.kind != OrderKind::sale || event.is_created()) return StockStep::none;
  return step_of(event.status);
}

}  // namespace

Task<Result<std::int64_t>> InventoryConsumer::position(Deadline deadline) {
  co_return co_await stock_.followed_position(deadline);
}

Task<Status> InventoryConsumer::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (records.empty()) co_return Status{};
  std::vector<OrderStep> steps;
  for (const auto& [position, event] : records) {
    const auto step = step_of_event(event);
    if (step != StockStep::none)
      steps.push_back({position, event.tenant, event.order_id, step, event.timestamp});
  }
  auto followed = co_await stock_.follow(std::move(steps), records.back().position, deadline);
  if (!followed) co_return fail(std::move(followed).error());
  std::map<TenantId, std::vector<ProductId>> products;
  for (const auto& change : followed->value) products[change.tenant].push_back(change.product_id);
  for (auto& [tenant, ids] : products)
    co_await cache_.forget(tenant, std::move(ids), followed->as_of, deadline);
  co_return Status{};
}

}  // namespace cloudcart::product
