#pragma once

#include "core/clock.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Makes what an order has reserved sold. What can be ordered stays the same, so nothing cached changes.
/// Idempotent. Errors: not_found without a reservation, conflict after a release.
class ConfirmStock {
 public:
  ConfirmStock(StockRepository& stock, const Clock& clock) : stock_(stock), clock_(clock) {}

  Task<Status> operator()(Caller caller, OrderId order);

 private:
  StockRepository& stock_;
  const Clock& clock_;
};

}  // namespace cloudcart::product
