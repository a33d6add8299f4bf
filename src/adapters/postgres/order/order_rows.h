#pragma once

#include <string>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "order/columns/order_columns.h"

namespace cloudcart::order::tables {

/// The statement that reads whole orders for read_orders(). `chosen`: one that selects order_columns, with the tenant as
/// $1; `order_by`: by which the orders come.
std::string select_orders(std::string_view chosen, std::string_view order_by);
std::vector<Order> read_orders(const postgres::Rows& rows, const TenantId& tenant);

/// A lateral join that adds the lines of the order that the two expressions name, if `condition` holds; without any
/// it leaves the row as it is.
std::string join_lines(std::string_view tenant, std::string_view order_id, std::string_view condition);
/// The columns that it adds, in order of read_line().
inline constexpr std::string_view line_columns =
    "product_id, product_name, category_name, quantity, price, subtotal";
/// The line whose columns begin at `first`; nullopt where there was none to join.
std::optional<OrderLine> read_line(const postgres::Row& row, int first);

/// Status, payment, times and version with the event, if the version that is stored is `expected_version`. Affects one
/// row then, else none.
postgres::Query change_order(const Order& order, std::int64_t expected_version,
                             const events::OrderEvent& event);

}  // namespace cloudcart::order::tables
