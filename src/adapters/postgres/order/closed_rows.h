#pragma once

#include <vector>

#include "adapters/postgres/store/query.h"
#include "core/caller.h"

namespace cloudcart::order::tables {

/// An id becomes an order or is closed, never both: who closes ids has them to itself until the end of its transaction,
/// who creates orders shares their ids with others who do. What is locked are the 256 values of an id's last byte, in the
/// server's memory, which costs an order less than a row that both would have to insert. A statement of its own, so
/// that those after it see what was committed before the lock was granted.
postgres::Query share_ids(const std::vector<OrderId>& ids);

/// Closes those under which there is no order, and forgets some that were closed longer ago than closed_lifetime. The
/// last one selects, for each of `ids` in their order, the status of its order or NULL.
std::vector<postgres::Query> close_missing(const TenantId& tenant, const std::vector<OrderId>& ids,
                                           Timestamp now);

}  // namespace cloudcart::order::tables
