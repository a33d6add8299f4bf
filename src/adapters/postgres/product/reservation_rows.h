#pragma once

#include <vector>

#include "adapters/postgres/store/query.h"
#include "core/caller.h"
#include "product/columns/reservation_lines.h"

namespace cloudcart::product {

/// The name of the rule that an order has one reservation at most.
constexpr std::string_view one_reservation_per_order = "reservation_pkey";

struct NewReservation {
  TenantId tenant;
  OrderId order;
  StoredReservation reservation;
  Timestamp now;
};
postgres::Query inserting_reservations(const std::vector<NewReservation>& made);
/// Remembers that the order's stock was given back; nothing for one that has a reservation.
postgres::Query inserting_release(const TenantId& tenant, const OrderId& order, Timestamp now);

/// The first column of the answer is the order; read_reservation() from the second on.
postgres::Query selecting_reservations(const TenantId& tenant, const std::vector<OrderId>& orders);
StoredReservation read_reservation(const postgres::Row& row, int first);

/// Several reservations, locked in the order of shop and order; those that are not there are passed over. The first two
/// columns of the answer are the shop and the order; read_reservation() from the third on.
postgres::Query locking_reservations(const std::vector<std::string>& tenants,
                                     const std::vector<OrderId>& orders);

}  // namespace cloudcart::product
