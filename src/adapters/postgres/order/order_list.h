#pragma once

#include "adapters/postgres/store/query.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::tables {

/// The page, whole orders for read_orders(): one more than the limit, to see whether there is more.
postgres::Query select_page(const TenantId& tenant, const OrderQuery& query);
/// How many orders there are on all pages.
postgres::Query count_orders(const TenantId& tenant, const OrderQuery& query);

}  // namespace cloudcart::order::tables
