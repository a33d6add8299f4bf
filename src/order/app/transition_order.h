#pragma once

#include <functional>

#include "core/clock.h"
#include "core/id_generator.h"
#include "order/ports/catalogue.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// Loads an order, changes it and saves it with its event, again from the start when another writer was
/// first: so each change is judged by the state it really follows. Then the catalogue is told.
class TransitionOrder {
 public:
  using Change = std::function<Status(Order&, Timestamp)>;

  TransitionOrder(OrderRepository& orders, Catalogue& catalogue, const Clock& clock, IdGenerator& ids)
      : orders_(orders), catalogue_(catalogue), clock_(clock), ids_(ids) {}
  /// Errors: not_found, also for an order the caller may not see; those of `change`; conflict when other
  /// writers were first again and again.
  Task<Result<Order>> operator()(Caller caller, OrderId order_id, Change change);

 private:
  Task<Result<Order>> attempt(Caller caller, OrderId order_id, const Change& change);

  OrderRepository& orders_;
  Catalogue& catalogue_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace cloudcart::order
