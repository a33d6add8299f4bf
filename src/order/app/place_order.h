#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id_generator.h"
#include "order/ports/catalogue.h"
#include "order/ports/customers.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order {

struct PlaceOrderRequest {
  UserId user_id;
  std::vector<LineRequest> lines;
  std::string shipping_address;
  std::optional<IdempotencyKey> key;
};

/// Reserves the stock, then makes the order at the catalogue's prices.
///
/// One key, one order, and never a second reservation, whatever crashes when:
/// 1. The key is bound to an order id, on disk, before anything is reserved. The binding stays until the order is
///    there or nothing is left of the attempt.
/// 2. The stock is reserved under that order id, which the catalogue does once.
/// 3. Order, lines, event and the completion of the key commit together, if this attempt still holds the key.
/// - A crash after 1 or 2: the next attempt with the key takes over the claim and so the order id; reserving again
///   takes nothing more. If no attempt comes in time, the catalogue asks whether the order is there: its id is closed
///   and the stock goes back. A later attempt with the key begins anew.
/// - An attempt that is still running when its id is closed cannot commit (3), and undoes itself like any that failed.
/// - A crash after 3: the next attempt finds the key completed and answers the order as it was placed.
/// - An attempt that ran so long that another took its claim cannot commit (3) and gives nothing back, for what is
///   reserved is the other one's now.
/// - A refusal or a failure that certainly left no order: first the key is freed, so that nobody else can come by the
///   order id, then the stock goes back. A refused order does not use its key up.
/// - An unknown outcome of the commit: nothing is undone. Asking again with the key settles it.
/// Without a key the order id is known to this attempt only, and 2 and 3 are all there is.
///
/// Errors: validation_failed; forbidden to order for another account unless staff; not_found for an unknown
/// account or product; insufficient_inventory; idempotency_in_progress; idempotency_conflict; those of the
/// ports.
class PlaceOrder {
 public:
  PlaceOrder(OrderRepository& orders, Catalogue& catalogue, Customers& customers, const Clock& clock,
             IdGenerator& ids, Currency currency);
  Task<Result<Order>> operator()(Caller caller, PlaceOrderRequest request);

 private:
  struct Attempt;
  Task<Status> claim_key(Attempt& attempt);
  Task<Result<Order>> replay(TenantId tenant, OrderId order_id, Deadline deadline);
  Task<Result<Order>> run(Attempt& attempt);
  Task<Result<std::vector<PricedLine>>> reserve(Attempt& attempt);
  Task<Status> commit(Attempt& attempt, Order order);
  Task<void> undo(Attempt& attempt);

  OrderRepository& orders_;
  Catalogue& catalogue_;
  Customers& customers_;
  const Clock& clock_;
  IdGenerator& ids_;
  const Currency currency_;
};

}  // namespace cloudcart::order
