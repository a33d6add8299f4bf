#include "adapters/memory/product/memory_stock_repository.h"

#include <ranges>

namespace cloudcart::product {

Task<Result<AsOf<std::vector<ReservedLine>>>> MemoryStockRepository::reserve(TenantId tenant, OrderId order,
                                                                             std::vector<LineRequest> lines,
                                                                             Timestamp now, Deadline) {
  auto& shop = store_.shops[tenant];
  if (const auto found = shop.reservations.find(order); found != shop.reservations.end()) {
    CLOUDCART_CO_TRY(auto promised, repeat_reservation(found->second.state, found->second.lines, lines));
    co_return AsOf{std::move(promised), store_.changes};
  }
  CLOUDCART_CO_TRY(auto plan, plan_reservation(lines, [&shop](ProductId id) {
                     return shop.find(id).transform(summary_of);
                   }));
  for (const auto& [product, quantity] : plan.quantities)
    shop.move(product, {.movement = Movement::reserve, .delta = quantity, .order_id = order, .time = now});
  shop.reservations[order] = {.lines = plan.lines, .created_at = now};
  co_return AsOf{std::move(plan.lines), ++store_.changes};
}

void MemoryStockRepository::move(const TenantId& tenant, Reservations::value_type& reservation,
                                 Movement movement, ReservationState state, Timestamp now) {
  auto& [order, held] = reservation;
  for (const auto& [product, quantity] : sum_by_product(held.lines))
    store_.shops[tenant].move(product,
                              {.movement = movement, .delta = quantity, .order_id = order, .time = now});
  held.state = state;
}

void MemoryStockRepository::give_back(const TenantId& tenant, Reservations::value_type& reservation,
                                      Timestamp now, StockChanges& changes) {
  const auto movement = way_back(reservation.second.state);
  if (!movement) return;
  move(tenant, reservation, *movement, ReservationState::released, now);
  for (const auto& [product, quantity] : sum_by_product(reservation.second.lines))
    changes.push_back({tenant, product});
}

void MemoryStockRepository::sell(const TenantId& tenant, Reservations::value_type& reservation,
                                 Timestamp now) {
  if (reservation.second.state == ReservationState::reserved)
    move(tenant, reservation, Movement::sell, ReservationState::sold, now);
}

void MemoryStockRepository::take(StockStep step, const TenantId& tenant,
                                 Reservations::value_type& reservation, Timestamp now,
                                 StockChanges& changes) {
  if (step == StockStep::give_back) give_back(tenant, reservation, now, changes);
  if (step == StockStep::sell) sell(tenant, reservation, now);
}

AsOf<StockChanges> MemoryStockRepository::numbered(StockChanges changes) {
  if (!changes.empty()) ++store_.changes;
  return {std::move(changes), store_.changes};
}

Task<Result<AsOf<StockChanges>>> MemoryStockRepository::release(TenantId tenant, OrderId order, Timestamp now,
                                                                Deadline) {
  auto& reservations = store_.shops[tenant].reservations;
  StockChanges changes;
  if (const auto found = reservations.find(order); found != reservations.end()) {
    give_back(tenant, *found, now, changes);
  } else {
    reservations[order] = {.state = ReservationState::released, .created_at = now};
  }
  co_return numbered(std::move(changes));
}

Task<Status> MemoryStockRepository::confirm(TenantId tenant, OrderId order, Timestamp now, Deadline) {
  auto& reservations = store_.shops[tenant].reservations;
  const auto found = reservations.find(order);
  if (found == reservations.end()) co_return fail(Error::not_found("Reservation"));
  if (found->second.state == ReservationState::released) co_return fail(released_already());
  sell(tenant, *found, now);
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
    take(step.step, step.tenant, *found, step.time, changes);
  }
  store_.followed_position = std::max(store_.followed_position, position);
  co_return numbered(std::move(changes));
}

Task<Result<std::vector<HeldOrder>>> MemoryStockRepository::unsettled(Timestamp reserved_before,
                                                                      std::size_t limit, Deadline) {
  std::multimap<Timestamp, HeldOrder> by_time;
  for (const auto& [tenant, shop] : store_.shops) {
    for (const auto& [order, held] : shop.reservations) {
      if (held.state == ReservationState::reserved && !held.order_known && held.created_at <= reserved_before)
        by_time.emplace(held.created_at, HeldOrder{tenant, order});
    }
  }
  std::vector<HeldOrder> unsettled;
  for (const auto& [time, held] : by_time | std::views::take(limit)) unsettled.push_back(held);
  co_return unsettled;
}

Task<Result<AsOf<StockChanges>>> MemoryStockRepository::settle(TenantId tenant,
                                                               std::vector<SettledOrder> orders,
                                                               Timestamp now, Deadline) {
  auto& reservations = store_.shops[tenant].reservations;
  StockChanges changes;
  for (const auto& [order, status] : orders) {
    const auto found = reservations.find(order);
    if (found == reservations.end()) continue;
    found->second.order_known = status.has_value();
    take(step_of(status), tenant, *found, now, changes);
  }
  co_return numbered(std::move(changes));
}

Task<Result<std::vector<StockAudit>>> MemoryStockRepository::audit(TenantId tenant, Deadline) {
  const auto& shop = store_.shops[tenant];
  std::map<ProductId, StockAudit> audits;
  for (const auto& [id, stock] : shop.stock) audits[id] = {.product_id = id, .kept = stock};
  for (const auto& [id, entries] : shop.ledger) {
    auto& ledger = audits[id].by_ledger;
    for (const auto& entry : entries) ledger = after(ledger, entry.movement, entry.delta);
  }
  std::vector<StockAudit> answer;
  for (const auto& [id, audit] : audits) answer.push_back(audit);
  co_return answer;
}

}  // namespace cloudcart::product
