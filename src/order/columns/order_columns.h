#pragma once

#include <string_view>

#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// How orders are rows, for adapters that keep them in tables. A Row is any that reads columns by their number, from 0.
inline constexpr std::string_view order_columns =
    "id, user_id, kind, status, payment_status, total, currency, shipping_address, created_at, updated_at, "
    "cancelled_at, version";
inline constexpr int count_order_columns = 12;

/// Of order_columns; without lines.
template <class Row>
Order read_order(const Row& row, const TenantId& tenant) {
  Order order;
  order.id = row.template id<OrderId>(0);
  order.tenant = tenant;
  order.user_id = row.template id<UserId>(1);
  order.kind = parse_order_kind(row.text(2)).value();
  order.status = parse_order_status(row.text(3)).value();
  order.payment_status = parse_payment_status(row.text(4)).value();
  order.total = row.money(5);
  order.currency = Currency::parse(row.text(6)).value();
  order.shipping_address = row.string(7);
  order.created_at = row.timestamp(8);
  order.updated_at = row.timestamp(9);
  if (!row.is_null(10)) order.cancelled_at = row.timestamp(10);
  order.version = row.integer(11);
  return order;
}

}  // namespace cloudcart::order
