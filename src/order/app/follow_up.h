#pragma once

#include "core/caller.h"
#include "order/domain/order.h"
#include "order/ports/catalogue.h"

namespace cloudcart::order {

/// What is done after an order's own outcome is settled has a time limit of its own: the request's may be
/// used up.
Deadline follow_up_deadline();

/// Gives the stock of an order back. A failure is logged and not answered: for an order that is there, whoever follows
/// the event log does the same again.
Task<void> release_stock(Catalogue& catalogue, TenantId tenant, OrderId order_id);

/// Tells the catalogue at once what became of an order that was confirmed or cancelled, so that the stock is
/// right when the request is answered. Failures as in release_stock.
Task<void> settle_stock(Catalogue& catalogue, TenantId tenant, OrderId order_id, OrderStatus status);

}  // namespace cloudcart::order
