#pragma once

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "core/timestamp.h"
#include "order/domain/order.h"

namespace cloudcart::order::rows {

bool is_closed(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id);
void close(sqlite::Connection& connection, const TenantId& tenant, OrderId order_id, Timestamp now);
/// Forgets some of those that were closed longer ago than closed_lifetime.
void purge_closed(sqlite::Connection& connection, Timestamp now);

}  // namespace cloudcart::order::rows
