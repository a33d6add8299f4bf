#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::tables {

/// The columns of an order in a statement that select_orders() is made of.
inline constexpr std::string_view order_columns =
    "id, user_id, kind, status, payment_status, total, currency, shipping_address, created_at, updated_at, "
    "cancelled_at, version";
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

/// Order, lines and events, all or none, by one statement. Answers whether it was done.
/// Where the id is taken nothing is written and nothing fails.
postgres::Query import_order(const Order& order, std::span<const events::OrderEvent> events,
                             std::size_t events_before);
/// The same for an order that is placed, with the completion of its key, unless the claim is not held any more or the
/// id is closed. Runs after share_ids() in its transaction, in which `events_before` were written already.
postgres::Query place_order(const Order& order, const events::OrderEvent& event,
                            const std::optional<HeldKey>& key, std::size_t events_before);
enum class Placed : std::uint8_t { yes, claim_lost, id_closed, id_taken };
Placed read_placed(const postgres::Rows& rows);

/// Status, payment, times and version with the event, if the version that is stored is `expected_version`. Affects one
/// row then, else none.
postgres::Query change_order(const Order& order, std::int64_t expected_version,
                             const events::OrderEvent& event);

}  // namespace cloudcart::order::tables
