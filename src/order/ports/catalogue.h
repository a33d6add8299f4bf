#pragma once

#include <vector>

#include "core/caller.h"
#include "order/domain/order.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// What the order service asks of the product service: names, prices and stock.
///
/// All three are idempotent by order id, because a caller whose answer was lost asks again. Stock goes
/// free → reserved → sold, and back from both, once; after that the order can have no stock any more, so that
/// a reservation which comes late takes nothing. What is reserved stays so until it is released or confirmed,
/// or until the catalogue, having waited long, learned that there is no order and never will be.
/// Errors of all: unavailable, overloaded and deadline_exceeded; outcome_unknown.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// Reserves every line or nothing, and answers one priced line per requested line, in the same order. Lines
  /// of the same product count as their sum. Asked again with the same lines it takes nothing more and
  /// answers as it did. Errors, after which this call has reserved nothing: validation_failed naming the
  /// lines ("items[0].product_id") whose product is unknown or not for sale; insufficient_inventory naming
  /// each product that is short; conflict when the order was released before, or has reserved something else.
  virtual Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                        std::vector<LineRequest> lines,
                                                        Deadline deadline) = 0;
  /// Gives back what the order holds, reserved or sold. For an order that holds nothing it does nothing now.
  virtual Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) = 0;
  /// Makes what is reserved sold. Errors: not_found when the order has no reservation; conflict when it was
  /// released.
  virtual Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) = 0;
};

}  // namespace cloudcart::order
