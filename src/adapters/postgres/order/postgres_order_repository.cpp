#include "adapters/postgres/order/postgres_order_repository.h"

#include <algorithm>
#include <numeric>

#include "adapters/postgres/order/closed_rows.h"
#include "adapters/postgres/order/event_rows.h"
#include "adapters/postgres/order/key_rows.h"
#include "adapters/postgres/order/order_list.h"
#include "adapters/postgres/order/order_rows.h"
#include "adapters/postgres/store/together.h"

namespace cloudcart::order {

using postgres::Query;
using postgres::Session;

Task<Result<std::int64_t>> PostgresOrderRepository::change(Query query, Deadline deadline) {
  return store_.write(deadline, [query = std::move(query)](Session& session) -> Task<Result<std::int64_t>> {
    const auto answers = co_await session.commit({query});
    co_return answers[0].affected();
  });
}

Task<Result<BoundKey>> PostgresOrderRepository::claim_key(ClaimRequest request, Deadline deadline) {
  for (;;) {
    // Most keys that come are new.
    CLOUDCART_CO_TRY(const bool is_new, co_await claims_({request, deadline}));
    if (is_new) co_return BoundKey{request.proposed_order, false};
    CLOUDCART_CO_TRY(const auto bound, co_await claim_known_key(request, deadline));
    if (bound) co_return *bound;
  }
}

Task<Result<std::optional<BoundKey>>> PostgresOrderRepository::claim_known_key(const ClaimRequest& request,
                                                                               Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, tables::select_key(request.key.scope, request.now)));
  const auto stored = tables::read_key(rows);
  if (!stored) co_return std::nullopt;
  if (stored->fingerprint != request.fingerprint) co_return fail(key_conflict());
  if (stored->bound.completed) co_return stored->bound;
  if (!stored->is_closed && request.is_blocked_by(stored->held_until))
    co_return fail(ErrorCode::idempotency_in_progress,
                   "The first request with this idempotency key still runs.");
  const auto order_id = stored->is_closed ? request.proposed_order : stored->bound.order_id;
  CLOUDCART_CO_TRY(const auto taken,
                   co_await change(tables::take_key_over(request, order_id, stored->claim), deadline));
  if (taken == 0) co_return std::nullopt;
  co_return BoundKey{order_id, false};
}

Task<Result<bool>> PostgresOrderRepository::drop_claim(HeldKey key, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto dropped, co_await change(tables::drop_key(key), deadline));
  co_return dropped > 0;
}

Task<std::vector<Result<bool>>> PostgresOrderRepository::serve_claims(std::vector<ClaimAsk> asks) {
  // Keys in one order for all, so that two processes with the same keys do not wait in a circle.
  std::vector<std::size_t> places(asks.size());
  std::iota(places.begin(), places.end(), 0);
  std::ranges::sort(places, [&](std::size_t a, std::size_t b) {
    return std::tie(asks[a].request.key.scope, a) < std::tie(asks[b].request.key.scope, b);
  });
  std::vector<ClaimAsk> sorted;
  for (const auto place : places) sorted.push_back(std::move(asks[place]));
  const auto served = co_await postgres::serve_together<bool>(
      std::move(sorted),
      [this](std::vector<ClaimAsk> some, Deadline until) -> Task<Result<std::vector<Result<bool>>>> {
        std::vector<ClaimRequest> requests;
        for (auto& ask : some) requests.push_back(std::move(ask.request));
        const auto claim_all = [&requests](Session& session) -> Task<Result<std::vector<Result<bool>>>> {
          const auto answers = co_await session.commit(tables::claim_new_keys(requests));
          std::vector<Result<bool>> claimed;
          for (const bool is_claimed : tables::are_claimed(answers, requests.size()))
            claimed.emplace_back(is_claimed);
          co_return claimed;
        };
        co_return co_await store_.write(until, std::cref(claim_all));
      });
  std::vector<Result<bool>> answers(asks.size());
  for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = served[i];
  co_return answers;
}

Task<std::vector<Result<tables::Placed>>> PostgresOrderRepository::serve_orders(std::vector<CreateAsk> asks) {
  using Placed = std::vector<Result<tables::Placed>>;
  return postgres::serve_together<tables::Placed>(
      std::move(asks), [this](std::vector<CreateAsk> some, Deadline until) -> Task<Result<Placed>> {
        // One that is refused is no error: it has written nothing, and the others are kept.
        const auto place_all = [&some](Session& session) -> Task<Result<Placed>> {
          std::vector<OrderId> ids;
          std::vector<tables::WrittenOrder> orders;
          for (const auto& ask : some) {
            const auto& one = *ask.order;
            ids.push_back(one.order.id);
            orders.push_back({&one.order, {&one.event, 1}, one.key ? &*one.key : nullptr});
          }
          std::vector<Query> queries;
          queries.push_back(tables::share_ids(ids));
          const auto groups = tables::in_groups(orders);
          std::size_t events_before = 0;
          for (const auto& group : groups) {
            std::vector<tables::WrittenOrder> its;
            for (const auto i : group) its.push_back(orders[i]);
            queries.push_back(tables::place_orders(its, events_before));
            events_before += group.size();
          }
          const auto answers = co_await session.commit(std::move(queries));
          Placed placed(some.size());
          for (std::size_t g = 0; g < groups.size(); ++g)
            for (std::size_t i = 0; i < groups[g].size(); ++i)
              placed[groups[g][i]] = tables::read_placed(answers[1 + g][i]);
          co_return placed;
        };
        co_return co_await store_.write(until, std::cref(place_all));
      });
}

Task<Status> PostgresOrderRepository::create(NewOrder order, Deadline deadline) {
  using tables::Placed;
  CLOUDCART_CO_TRY(const auto placed,
                   co_await orders_({std::make_shared<const NewOrder>(std::move(order)), deadline}));
  switch (placed) {
    case Placed::yes:
      end_.announce();
      co_return Status{};
    case Placed::claim_lost:
      co_return fail(ErrorCode::idempotency_in_progress,
                     "Another request with this idempotency key took over.");
    case Placed::id_closed:
      co_return fail(closed_already());
    case Placed::id_taken:
      break;
  }
  co_return fail(ErrorCode::conflict, "There is an order of this id.");
}

Task<Result<OrderStatuses>> PostgresOrderRepository::close_missing(TenantId tenant, std::vector<OrderId> ids,
                                                                   Timestamp now, Deadline deadline) {
  return store_.write(deadline,
                      [tenant = std::move(tenant), ids = std::move(ids),
                       now](Session& session) -> Task<Result<OrderStatuses>> {
                        OrderStatuses statuses;
                        if (ids.empty()) co_return statuses;
                        const auto answers = co_await session.commit(tables::close_missing(tenant, ids, now));
                        for (const auto row : answers.back())
                          statuses.push_back(row.is_null(0) ? std::nullopt : parse_order_status(row.text(0)));
                        co_return statuses;
                      });
}

Task<Status> PostgresOrderRepository::save_transition(Order order, std::int64_t expected_version,
                                                      events::OrderEvent event, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto changed,
                   co_await change(tables::change_order(order, expected_version, event), deadline));
  if (changed == 0) co_return fail(ErrorCode::conflict, "The order was changed by someone else.");
  end_.announce();
  co_return Status{};
}

Task<Result<std::optional<Order>>> PostgresOrderRepository::find(TenantId tenant, OrderId order_id,
                                                                 Deadline deadline) {
  static const std::string sql = tables::select_orders(
      std::string{"SELECT "}.append(order_columns).append(" FROM orders WHERE tenant = $1 AND id = $2"),
      "id");
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, postgres::query(sql, tenant.value, order_id)));
  auto found = tables::read_orders(rows, tenant);
  if (found.empty()) co_return std::nullopt;
  co_return std::move(found.front());
}

Task<Result<OrderPage>> PostgresOrderRepository::list(TenantId tenant, OrderQuery query, Deadline deadline) {
  // A customer has few, and an index for them.
  const bool is_heavy = !query.user_id;
  return store_.read(
      deadline,
      [tenant = std::move(tenant), query = std::move(query)](Session& session) -> Task<Result<OrderPage>> {
        std::vector<Query> queries;
        queries.push_back(tables::select_page(tenant, query));
        queries.push_back(tables::count_orders(tenant, query));
        const auto answers = co_await session.commit(std::move(queries));
        OrderPage page{.orders = tables::read_orders(answers[0], tenant), .total = answers[1][0].integer(0)};
        page.has_more = page.orders.size() > query.limit;
        if (page.has_more) page.orders.pop_back();
        co_return page;
      },
      {.isolation = postgres::Isolation::repeatable_read, .from_replica = is_heavy});
}

Task<Result<std::vector<events::OrderEvent>>> PostgresOrderRepository::events_of(TenantId tenant,
                                                                                 OrderId order_id,
                                                                                 Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_history(tenant, order_id)));
  CLOUDCART_CO_TRY(auto read, tables::read_events(rows));
  std::vector<events::OrderEvent> history;
  history.reserve(read.records.size());
  for (auto& record : read.records) history.push_back(std::move(record.event));
  co_return history;
}

}  // namespace cloudcart::order
