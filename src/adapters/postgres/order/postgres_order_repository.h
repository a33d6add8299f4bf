#pragma once

#include <memory>

#include "adapters/postgres/order/log_end.h"
#include "adapters/postgres/order/written_orders.h"
#include "adapters/postgres/store/store.h"
#include "order/ports/order_repository.h"
#include "runtime/batcher.h"

namespace cloudcart::order {

/// Over the store "order". Several processes may have it open, so claims are rows: that of a process that is gone
/// lasts until its time is up. What comes at the same time is written together, in one transaction.
class PostgresOrderRepository final : public OrderRepository {
 public:
  PostgresOrderRepository(postgres::Store& store, LogEnd& end) : store_(store), end_(end) {}

  Task<Result<BoundKey>> claim_key(ClaimRequest request, Deadline deadline) override;
  Task<Result<bool>> drop_claim(HeldKey key, Deadline deadline) override;
  Task<Status> create(NewOrder order, Deadline deadline) override;
  Task<Result<OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                            Deadline deadline) override;
  Task<Status> save_transition(Order order, std::int64_t expected_version, events::OrderEvent event,
                               Deadline deadline) override;
  Task<Result<std::optional<Order>>> find(TenantId tenant, OrderId order_id, Deadline deadline) override;
  Task<Result<OrderPage>> list(TenantId tenant, OrderQuery query, Deadline deadline) override;
  Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId order_id,
                                                          Deadline deadline) override;

 private:
  /// Nullopt: the key has changed meanwhile, so that the request has to begin again.
  Task<Result<std::optional<BoundKey>>> claim_known_key(const ClaimRequest& request, Deadline deadline);
  /// One changing statement in a transaction; how many rows it affected.
  Task<Result<std::int64_t>> change(postgres::Query query, Deadline deadline);

  struct ClaimAsk {
    ClaimRequest request;
    Deadline deadline;
  };
  struct CreateAsk {
    std::shared_ptr<const NewOrder> order;
    Deadline deadline;
  };
  /// Whether each key was free and is the request's now.
  Task<std::vector<Result<bool>>> serve_claims(std::vector<ClaimAsk> asks);
  Task<std::vector<Result<tables::Placed>>> serve_orders(std::vector<CreateAsk> asks);

  postgres::Store& store_;
  LogEnd& end_;
  Batcher<ClaimAsk, bool> claims_{
      [this](std::vector<ClaimAsk> asks) { return serve_claims(std::move(asks)); },
      {.sizes = &store_.batch_sizes("claims")}};
  Batcher<CreateAsk, tables::Placed> orders_{
      [this](std::vector<CreateAsk> asks) { return serve_orders(std::move(asks)); },
      {.sizes = &store_.batch_sizes("orders")}};
};

}  // namespace cloudcart::order
