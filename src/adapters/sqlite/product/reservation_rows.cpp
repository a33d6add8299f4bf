#include "adapters/sqlite/product/reservation_rows.h"

namespace cloudcart::product {

using sqlite::Connection;

bool insert_reservation(Connection& connection, const TenantId& tenant, const OrderId& order,
                        const StoredReservation& reservation, Timestamp now) {
  const auto lines = lines_as_json(reservation.lines);
  connection
      .prepare(
          "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines) "
          "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .bind_all(tenant.value, order, to_string(reservation.state), now, now, lines)
      .run();
  return connection.changes() > 0;
}

std::optional<StoredReservation> find_reservation(Connection& connection, const TenantId& tenant,
                                                  const OrderId& order) {
  auto row = connection.prepare("SELECT state, lines FROM reservation WHERE tenant = ? AND order_id = ?");
  row.bind_all(tenant.value, order);
  if (!row.step()) return std::nullopt;
  return StoredReservation{parse_reservation_state(row.text(0)).value(), lines_of(row.text(1))};
}

void set_state(Connection& connection, const TenantId& tenant, const OrderId& order, ReservationState state,
               Timestamp now) {
  connection.prepare("UPDATE reservation SET state = ?, updated_at = ? WHERE tenant = ? AND order_id = ?")
      .bind_all(to_string(state), now, tenant.value, order)
      .run();
}

}  // namespace cloudcart::product
