#pragma once

#include "core/clock.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// For whoever keeps something for orders, and has waited long: the status of each, or nullopt for an id
/// under which there is no order, and from then on never will be. Idempotent.
class CloseMissingOrders {
 public:
  CloseMissingOrders(OrderRepository& orders, const Clock& clock) : orders_(orders), clock_(clock) {}

  Task<Result<OrderStatuses>> operator()(Caller caller, std::vector<OrderId> ids) {
    return orders_.close_missing(std::move(caller.tenant), std::move(ids), clock_.now(), caller.deadline);
  }

 private:
  OrderRepository& orders_;
  const Clock& clock_;
};

}  // namespace cloudcart::order
