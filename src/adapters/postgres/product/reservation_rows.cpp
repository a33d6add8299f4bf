#include "adapters/postgres/product/reservation_rows.h"

namespace cloudcart::product {

using postgres::Query;

Query inserting_reservations(const std::vector<NewReservation>& made) {
  std::vector<std::string> tenants, states, lines;
  std::vector<OrderId> orders;
  std::vector<std::int64_t> times;
  for (const auto& [tenant, order, reservation, now] : made) {
    tenants.push_back(tenant.value);
    orders.push_back(order);
    states.emplace_back(to_string(reservation.state));
    times.push_back(to_unix_ms(now));
    lines.push_back(lines_as_json(reservation.lines));
  }
  return postgres::query(
      "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines)"
      " SELECT tenant, order_id, state, made_at, made_at, lines"
      " FROM unnest($1, $2, $3, $4, $5) AS made(tenant, order_id, state, made_at, lines)",
      tenants, orders, states, times, lines);
}

Query inserting_release(const TenantId& tenant, const OrderId& order, Timestamp now) {
  return postgres::query(
      "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines)"
      " VALUES ($1, $2, $3, $4, $4, $5) ON CONFLICT DO NOTHING",
      tenant.value, order, to_string(ReservationState::released), now, lines_as_json({}));
}

Query selecting_reservations(const TenantId& tenant, const std::vector<OrderId>& orders) {
  return postgres::query(
      "SELECT held.order_id, held.state, held.lines FROM unnest($2) AS asked(order_id) CROSS JOIN LATERAL"
      " (SELECT order_id, state, lines FROM reservation"
      " WHERE reservation.tenant = $1 AND reservation.order_id = asked.order_id OFFSET 0) AS held",
      tenant.value, orders);
}

StoredReservation read_reservation(const postgres::Row& row, int first) {
  return {parse_reservation_state(row.text(first)).value(), lines_of(row.text(first + 1))};
}

Query locking_reservations(const std::vector<std::string>& tenants, const std::vector<OrderId>& orders) {
  return postgres::query(
      "SELECT held.tenant, held.order_id, held.state, held.lines FROM reservation AS held"
      " JOIN unnest($1, $2) AS asked(tenant, order_id)"
      " ON held.tenant = asked.tenant AND held.order_id = asked.order_id"
      " ORDER BY held.tenant, held.order_id FOR NO KEY UPDATE OF held",
      tenants, orders);
}

}  // namespace cloudcart::product
