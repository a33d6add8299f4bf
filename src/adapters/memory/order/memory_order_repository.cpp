#include "adapters/memory/order/memory_order_repository.h"

#include <algorithm>
#include <functional>

namespace cloudcart::order {

namespace {

bool matches(const OrderQuery& query, const Order& order) {
  return (!query.user_id || order.user_id == *query.user_id) &&
         (query.statuses.empty() ||
          std::ranges::find(query.statuses, order.status) != query.statuses.end()) &&
         (!query.created_from || order.created_at >= *query.created_from) &&
         (!query.created_until || order.created_at < *query.created_until) &&
         (!query.id_part || query.id_part->fits(order.id));
}

}  // namespace

MemoryOrderState::KeyEntry* MemoryOrderRepository::held_entry(const HeldKey& key) {
  const auto found = state_.keys.find(key.scope);
  if (found == state_.keys.end() || found->second.completed || found->second.claim != key.claim)
    return nullptr;
  return &found->second;
}

Task<Result<BoundKey>> MemoryOrderRepository::claim_key(ClaimRequest request, Deadline) {
  std::erase_if(state_.keys,
                [now = request.now](const auto& entry) { return entry.second.expires_at <= now; });
  const auto [found, is_new] = state_.keys.try_emplace(
      request.key.scope, MemoryOrderState::KeyEntry{.fingerprint = request.fingerprint,
                                                    .order_id = request.proposed_order,
                                                    .claim = request.key.claim,
                                                    .held_until = request.held_until,
                                                    .expires_at = request.expires_at});
  auto& entry = found->second;
  if (entry.fingerprint != request.fingerprint)
    co_return fail(ErrorCode::idempotency_conflict, "This idempotency key was used for another request.");
  if (is_new || entry.completed) co_return BoundKey{entry.order_id, entry.completed};
  if (state_.closed.contains({request.key.scope.tenant, entry.order_id})) {
    entry.order_id = request.proposed_order;
    entry.held_until = request.now;
  }
  if (request.is_blocked_by(entry.held_until))
    co_return fail(ErrorCode::idempotency_in_progress,
                   "The first request with this idempotency key still runs.");
  entry.claim = request.key.claim;
  entry.held_until = request.held_until;
  co_return BoundKey{entry.order_id, false};
}

Task<Result<bool>> MemoryOrderRepository::drop_claim(HeldKey key, Deadline) {
  if (!held_entry(key)) co_return false;
  state_.keys.erase(key.scope);
  co_return true;
}

Task<Status> MemoryOrderRepository::create(NewOrder order, Deadline) {
  MemoryOrderState::KeyEntry* entry = nullptr;
  if (order.key) {
    entry = held_entry(*order.key);
    if (!entry)
      co_return fail(ErrorCode::idempotency_in_progress,
                     "Another request with this idempotency key took over.");
  }
  const std::pair id{order.order.tenant, order.order.id};
  if (state_.closed.contains(id)) co_return fail(closed_already());
  if (!state_.orders.try_emplace(id, std::move(order.order)).second)
    co_return fail(ErrorCode::conflict, "There is an order of this id.");
  if (entry) entry->completed = true;
  state_.append(std::move(order.event));
  co_return Status{};
}

Task<Result<OrderStatuses>> MemoryOrderRepository::close_missing(TenantId tenant, std::vector<OrderId> ids,
                                                                 Timestamp, Deadline) {
  OrderStatuses statuses;
  for (const auto& id : ids) {
    const auto found = state_.orders.find({tenant, id});
    if (found == state_.orders.end()) state_.closed.insert({tenant, id});
    statuses.push_back(found == state_.orders.end() ? std::nullopt : std::optional{found->second.status});
  }
  co_return statuses;
}

Task<Status> MemoryOrderRepository::save_transition(Order order, std::int64_t expected_version,
                                                    events::OrderEvent event, Deadline) {
  const auto found = state_.orders.find({order.tenant, order.id});
  if (found == state_.orders.end() || found->second.version != expected_version)
    co_return fail(ErrorCode::conflict, "The order was changed by someone else.");
  found->second = std::move(order);
  state_.append(std::move(event));
  co_return Status{};
}

Task<Result<std::optional<Order>>> MemoryOrderRepository::find(TenantId tenant, OrderId order_id, Deadline) {
  const auto found = state_.orders.find({tenant, order_id});
  if (found == state_.orders.end()) co_return std::nullopt;
  co_return found->second;
}

Task<Result<OrderPage>> MemoryOrderRepository::list(TenantId tenant, OrderQuery query, Deadline) {
  const auto place_of = [&](const Order& order) {
    return std::pair{query.by_time() ? order.created_at : Timestamp{}, order.id};
  };
  std::vector<const Order*> matching;
  for (const auto& [id, order] : state_.orders)
    if (id.first == tenant && matches(query, order)) matching.push_back(&order);
  std::ranges::sort(matching, std::greater{}, [&](const Order* order) { return place_of(*order); });

  OrderPage page{.total = std::ssize(matching)};
  const auto known = query.before ? state_.orders.find({tenant, *query.before}) : state_.orders.end();
  std::size_t to_skip = query.before ? 0 : query.offset;
  for (const auto* order : matching) {
    if (query.before) {
      const bool comes_after =
          query.by_time() ? known != state_.orders.end() && place_of(*order) < place_of(known->second)
                          : order->id < *query.before;
      if (!comes_after) continue;
    }
    if (to_skip > 0) {
      --to_skip;
    } else if (page.orders.size() < query.limit) {
      page.orders.push_back(*order);
    } else {
      page.has_more = true;
    }
  }
  co_return page;
}

Task<Result<std::vector<events::OrderEvent>>> MemoryOrderRepository::events_of(TenantId tenant,
                                                                               OrderId order_id, Deadline) {
  std::vector<events::OrderEvent> history;
  for (const auto& [position, event] : state_.log)
    if (event.tenant == tenant && event.order_id == order_id) history.push_back(event);
  co_return history;
}

}  // namespace cloudcart::order
