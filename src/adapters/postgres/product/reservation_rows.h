#pragma once

#include <optional>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "core/caller.h"
#include "product/columns/reservation_lines.h"

namespace cloudcart::product {

/// What becomes of an order that has a reservation already.
enum class Existing : std::uint8_t { is_violation, is_left };
/// The name of the rule that is_violation breaks.
constexpr std::string_view one_reservation_per_order = "reservation_pkey";

postgres::Query inserting_reservation(const TenantId& tenant, const OrderId& order,
                                      const StoredReservation& reservation, Timestamp now, Existing existing);

postgres::Query selecting_reservation(const TenantId& tenant, const OrderId& order);
/// Of an answer of one row or none.
std::optional<StoredReservation> read_reservation(const postgres::Rows& rows);

/// Several reservations, locked in the order of shop and order; those that are not there are passed over. The first two
/// columns of the answer are the shop and the order.
postgres::Query locking_reservations(const std::vector<std::string>& tenants,
                                     const std::vector<OrderId>& orders);
StoredReservation read_locked_reservation(const postgres::Row& row);

}  // namespace cloudcart::product
