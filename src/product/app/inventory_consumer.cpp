#include "product/app/inventory_consumer.h"

#include <map>

namespace cloudcart::product {
namespace {

std::optional<OrderStep::Kind> step_kind(const events::OrderEvent& event) {
  if (event.kind != OrderKind::sale) return std::nullopt;
  if (event.is_cancelled()) return OrderStep::Kind::cancelled;
  if (event.type == "order.confirmed") return OrderStep::Kind::confirmed;
  return std::nullopt;
}

}  // namespace

Task<Result<std::int64_t>> InventoryConsumer::position(Deadline deadline) {
  co_return co_await stock_.followed_position(deadline);
}

Task<Status> InventoryConsumer::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (records.empty()) co_return Status{};
  std::vector<OrderStep> steps;
  for (const auto& [position, event] : records) {
    if (const auto kind = step_kind(event))
      steps.push_back({position, event.tenant, event.order_id, *kind, event.timestamp});
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
