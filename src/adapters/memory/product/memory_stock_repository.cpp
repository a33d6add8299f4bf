#include "adapters/memory/product/memory_stock_repository.h"

namespace cloudcart::product {

Task<Result<AsOf<std::vector<ReservedLine>>>> MemoryStockRepository::reserve(TenantId tenant, OrderId order,
                                                                             std::vector<LineRequest> lines,
                                                                             Timestamp, Deadline) {
  auto& shop = store_.shops[tenant];
  if (const auto found = shop.reservations.find(order); found != shop.reservations.end()) {
    CLOUDCART_CO_TRY(auto promised, repeat_reservation(found->second.state, found->second.lines, lines));
    co_return AsOf{std::move(promised), store_.changes};
  }
  CLOUDCART_CO_TRY(auto plan, plan_reservation(lines, [&shop](ProductId id) {
                     return shop.find(id).transform(summary_of);
                   }));
  for (const auto& [product, quantity] : plan.quantities) shop.move(product, Movement::reserve, quantity);
  shop.reservations[order] = {ReservationState::reserved, plan.lines};
  co_return AsOf{std::move(plan.lines), ++store_.changes};
}

void MemoryStockRepository::give_back(const TenantId& tenant, MemoryProductStore::Reservation& reservation,
                                      StockChanges& changes) {
  const auto movement = way_back(reservation.state);
  if (!movement) return;
  for (const auto& [product, quantity] : sum_by_product(reservation.lines)) {
    store_.shops[tenant].move(product, *movement, quantity);
    changes.push_back({tenant, product});
  }
  reservation.state = ReservationState::released;
}

void MemoryStockRepository::sell(const TenantId& tenant, MemoryProductStore::Reservation& reservation) {
  if (reservation.state != ReservationState::reserved) return;
  for (const auto& [product, quantity] : sum_by_product(reservation.lines))
    store_.shops[tenant].move(product, Movement::sell, quantity);
  reservation.state = ReservationState::sold;
}

AsOf<StockChanges> MemoryStockRepository::numbered(StockChanges changes) {
  if (!changes.empty()) ++store_.changes;
  return {std::move(changes), store_.changes};
}

Task<Result<AsOf<StockChanges>>> MemoryStockRepository::release(TenantId tenant, OrderId order, Timestamp,
                                                                Deadline) {
  auto& reservations = store_.shops[tenant].reservations;
  StockChanges changes;
  if (const auto found = reservations.find(order); found != reservations.end()) {
    give_back(tenant, found->second, changes);
  } else {
    reservations[order] = {ReservationState::released, {}};
  }
  co_return numbered(std::move(changes));
}

Task<Status> MemoryStockRepository::confirm(TenantId tenant, OrderId order, Timestamp, Deadline) {
  auto& reservations = store_.shops[tenant].reservations;
  const auto found = reservations.find(order);
  if (found == reservations.end()) co_return fail(Error::not_found("Reservation"));
  if (found->second.state == ReservationState::released) co_return fail(released_already());
  sell(tenant, found->second);
  co_return Status{};
}

Task<Result<std::int64_t>> MemoryStockRepository::followed_position(Deadline) {
  co_return store_.followed_position;
}

Task<Result<AsOf<StockChanges>>> MemoryStockRepository::follow(std::vector<OrderStep> steps,
                                                               std::int64_t position, Deadline) {
  StockChanges changes;
  for (const auto& step : steps) {
    auto& reservations = store_.shops[step.tenant].reservations;
    const auto found = reservations.find(step.order_id);
    if (step.position <= store_.followed_position || found == reservations.end()) continue;
    if (step.kind == OrderStep::Kind::cancelled) {
      give_back(step.tenant, found->second, changes);
    } else {
      sell(step.tenant, found->second);
    }
  }
  store_.followed_position = std::max(store_.followed_position, position);
  co_return numbered(std::move(changes));
}

Task<Result<std::vector<StockAudit>>> MemoryStockRepository::audit(TenantId tenant, Deadline) {
  const auto& shop = store_.shops[tenant];
  std::map<ProductId, StockAudit> audits;
  for (const auto& [id, stock] : shop.stock) audits[id] = {.product_id = id, .kept = stock};
  for (const auto& entry : shop.ledger) {
    auto& ledger = audits[entry.product_id].by_ledger;
    ledger = after(ledger, entry.movement, entry.delta);
  }
  std::vector<StockAudit> answer;
  for (const auto& [id, audit] : audits) answer.push_back(audit);
  co_return answer;
}

}  // namespace cloudcart::product
