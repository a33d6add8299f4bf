#include "simulation/ports.h"

namespace cloudcart::simulation {

using order::BoundKey;
using order::Order;

Task<Result<BoundKey>> SimOrderRepository::claim_key(order::ClaimRequest request, Deadline deadline) {
  auto& context = site_.context;
  if (context.is(Mutation::body_hash_ignored)) request.fingerprint = {};
  co_return co_await call_port<Result<BoundKey>>(
      site_, Port::order_store, Access::write, deadline, [&]() -> Task<Result<BoundKey>> {
        if (context.is(Mutation::key_not_stored)) co_return BoundKey{request.proposed_order, false};
        auto bound = co_await inner_.claim_key(request, deadline);
        if (bound && bound->order_id != request.proposed_order)
          context.tally.seen(bound->completed ? "key: completed before"
                                              : "key: taken over from another attempt");
        co_return bound;
      });
}

Task<Result<bool>> SimOrderRepository::drop_claim(order::HeldKey key, Deadline deadline) {
  co_return co_await call_port<Result<bool>>(
      site_, Port::order_store, Access::write, deadline, [&]() -> Task<Result<bool>> {
        auto freed = co_await inner_.drop_claim(key, deadline);
        site_.context.tally.seen(freed.value_or(false) ? "key: freed after a refusal"
                                                       : "key: no longer this attempt's to free");
        co_return freed;
      });
}

Task<Status> SimOrderRepository::store(order::NewOrder order) {
  auto& context = site_.context;
  if (context.is(Mutation::event_id_repeated)) order.event.event_id.value.bytes = {};
  if (context.is(Mutation::key_not_stored)) order.key.reset();
  if (context.is(Mutation::claim_not_checked) && order.key) {
    const auto found = disks_.orders.keys.find(order.key->scope);
    if (found != disks_.orders.keys.end()) found->second.completed = true;
    order.key.reset();
  }
  auto stored = co_await inner_.create(std::move(order), Deadline::max());
  if (!stored && stored.error().code == ErrorCode::idempotency_in_progress)
    context.tally.seen("commit: refused, the key is another attempt's now");
  if (!stored && stored.error().code == ErrorCode::deadline_exceeded)
    context.tally.seen("commit: refused, the id was closed");
  co_return stored;
}

/// Bugs: an order and its event in two transactions.
Task<Status> SimOrderRepository::store_in_two_steps(order::NewOrder order) {
  const bool event_first = site_.context.is(Mutation::event_before_commit);
  auto& orders = disks_.orders;
  if (event_first) orders.append(order.event);
  if (!event_first) orders.orders.try_emplace({order.order.tenant, order.order.id}, order.order);
  co_await pause(site_.context, false);
  if (!site_.process.is_alive()) co_return gone();
  if (!event_first) orders.append(order.event);
  if (event_first) orders.orders.try_emplace({order.order.tenant, order.order.id}, order.order);
  co_return Status{};
}

Task<Status> SimOrderRepository::create(order::NewOrder order, Deadline deadline) {
  auto& context = site_.context;
  const bool in_two_steps =
      context.is(Mutation::event_before_commit) || context.is(Mutation::event_after_commit);
  auto created = co_await call_port<Status>(site_, Port::order_store, Access::write, deadline, [&] {
    return in_two_steps && !order.key ? store_in_two_steps(order) : store(order);
  });
  if (!created && created.error().code == ErrorCode::outcome_unknown) {
    context.tally.seen("commit: outcome unknown");
    if (context.is(Mutation::unknown_called_failed))
      co_return fail(ErrorCode::unavailable, "Failed, it seems.");
  }
  co_return created;
}

void SimOrderRepository::note_closed(OrderId id, bool is_there) {
  auto& context = site_.context;
  context.tally.seen(is_there ? "sweep: the order is there" : "sweep: an id closed");
  context.trace("the stock of order {} was held for long; it is {}", shorten(id),
                is_there ? "there" : "closed now");
  if (!is_there && context.plan.must_compensate)
    context.violate("no ghosts", "a refused order left its stock to be found: " + shorten(id));
}

Task<Result<order::OrderStatuses>> SimOrderRepository::close_missing(TenantId tenant,
                                                                     std::vector<OrderId> ids, Timestamp now,
                                                                     Deadline deadline) {
  using Answer = Result<order::OrderStatuses>;
  co_return co_await call_port<Answer>(
      site_, Port::order_store, Access::repeatable_write, deadline, [&]() -> Task<Answer> {
        const auto closed = disks_.orders.closed;
        auto statuses = co_await inner_.close_missing(tenant, ids, now, deadline);
        if (site_.context.is(Mutation::id_left_open)) disks_.orders.closed = closed;
        for (std::size_t i = 0; i < ids.size(); ++i) note_closed(ids[i], statuses->at(i).has_value());
        co_return statuses;
      });
}

Task<Status> SimOrderRepository::save_transition(Order order, std::int64_t expected_version,
                                                 events::OrderEvent event, Deadline deadline) {
  auto& context = site_.context;
  co_return co_await call_port<Status>(
      site_, Port::order_store, Access::write, deadline, [&]() -> Task<Status> {
        if (context.is(Mutation::version_ignored)) {
          const auto found = disks_.orders.orders.find({order.tenant, order.id});
          if (found != disks_.orders.orders.end()) expected_version = found->second.version;
        }
        auto saved = co_await inner_.save_transition(order, expected_version, event, deadline);
        if (!saved) context.tally.seen("transition: lost a race");
        co_return saved;
      });
}

Task<Result<std::optional<Order>>> SimOrderRepository::find(TenantId tenant, OrderId order_id,
                                                            Deadline deadline) {
  co_return co_await call_port<Result<std::optional<Order>>>(
      site_, Port::order_store, Access::read, deadline,
      [&] { return inner_.find(tenant, order_id, deadline); });
}

Task<Result<order::OrderPage>> SimOrderRepository::list(TenantId tenant, order::OrderQuery query,
                                                        Deadline deadline) {
  co_return co_await call_port<Result<order::OrderPage>>(
      site_, Port::order_store, Access::read, deadline, [&] { return inner_.list(tenant, query, deadline); });
}

Task<Result<std::vector<events::OrderEvent>>> SimOrderRepository::events_of(TenantId tenant, OrderId order_id,
                                                                            Deadline deadline) {
  co_return co_await call_port<Result<std::vector<events::OrderEvent>>>(
      site_, Port::order_store, Access::read, deadline,
      [&] { return inner_.events_of(tenant, order_id, deadline); });
}

Task<Result<bool>> SimCustomers::exists(TenantId tenant, UserId user_id, Deadline deadline) {
  co_return co_await call_port<Result<bool>>(site_, Port::customers, Access::read, deadline, [&] {
    return disks_.customers.exists(tenant, user_id, deadline);
  });
}

Task<Result<std::vector<events::LogRecord>>> SimEventLog::read(std::int64_t after, std::size_t limit,
                                                               Deadline deadline) {
  auto records = co_await call_port<Result<std::vector<events::LogRecord>>>(
      site_, Port::order_log, Access::read, deadline, [&] { return inner_.read(after, limit, deadline); });
  auto& context = site_.context;
  if (context.is(Mutation::lost_event) && records && records->size() > 1 && context.random().percent(10))
    records->erase(records->begin());
  co_return records;
}

Task<Result<std::int64_t>> SimEventLog::end_position(Deadline deadline) {
  co_return co_await call_port<Result<std::int64_t>>(site_, Port::order_log, Access::read, deadline,
                                                     [&] { return inner_.end_position(deadline); });
}

Task<Result<std::int64_t>> SimEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  co_return co_await call_port<Result<std::int64_t>>(site_, Port::order_log, Access::read, deadline,
                                                     [&] { return inner_.count_beyond(after, deadline); });
}

Task<bool> SimEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  if (!site_.process.is_alive()) co_return false;
  const bool is_beyond = co_await inner_.wait_beyond(after, until);
  co_await pause(site_.context, false);
  co_return is_beyond;
}

}  // namespace cloudcart::simulation
