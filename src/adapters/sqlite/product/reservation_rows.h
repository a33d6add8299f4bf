#pragma once

#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/columns/reservation_lines.h"

namespace cloudcart::product {

/// False when the order has a reservation; then nothing is written.
bool insert_reservation(sqlite::Connection& connection, const TenantId& tenant, const OrderId& order,
                        const StoredReservation& reservation, Timestamp now);
std::optional<StoredReservation> find_reservation(sqlite::Connection& connection, const TenantId& tenant,
                                                  const OrderId& order);
void set_state(sqlite::Connection& connection, const TenantId& tenant, const OrderId& order,
               ReservationState state, Timestamp now);

}  // namespace cloudcart::product
