#pragma once

#include <optional>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/reservation.h"

namespace cloudcart::product {

/// A line with the number of its product.
struct NumberedLine {
  std::int64_t number = 0;
  ReservedLine line;
};

struct StoredReservation {
  ReservationState state = ReservationState::reserved;
  std::vector<NumberedLine> lines;  ///< in the order they were asked for; none when nothing was ever reserved
};

/// False when the order has a reservation; then nothing is written.
bool insert_reservation(sqlite::Connection& connection, const TenantId& tenant, const OrderId& order,
                        const StoredReservation& reservation, Timestamp now);
std::optional<StoredReservation> find_reservation(sqlite::Connection& connection, const TenantId& tenant,
                                                  const OrderId& order);
void set_state(sqlite::Connection& connection, const TenantId& tenant, const OrderId& order,
               ReservationState state, Timestamp now);

}  // namespace cloudcart::product
