#pragma once

#include "adapters/postgres/store/store.h"
#include "product/ports/stock_repository.h"
#include "runtime/batcher.h"

namespace cloudcart::product {

/// Reservations in the store "product". What is asked for at the same time is decided in one transaction, in the order in
/// which it came: orders share popular products, whose rows would else be held from one commit to the next, one order after
/// the other.
class PostgresReservations {
 public:
  using Promise = AsOf<std::vector<ReservedLine>>;
  struct Ask {
    TenantId tenant;
    OrderId order;
    std::vector<LineRequest> lines;
    Timestamp now;
    Deadline deadline;
  };

  explicit PostgresReservations(postgres::Store& store) : store_(store) {}
  /// As StockRepository::reserve().
  Task<Result<Promise>> reserve(Ask ask) { return together_(std::move(ask)); }

 private:
  using Promises = std::vector<Result<Promise>>;

  Task<Promises> serve(std::vector<Ask> asks);
  /// All of one shop.
  Task<Result<Promises>> serve_shop(std::vector<Ask> asks, Deadline deadline);

  postgres::Store& store_;
  Batcher<Ask, Promise> together_{[this](std::vector<Ask> asks) { return serve(std::move(asks)); },
                                  {.sizes = &store_.batch_sizes("reservations")}};
};

}  // namespace cloudcart::product
