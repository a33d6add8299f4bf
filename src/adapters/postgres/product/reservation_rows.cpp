#include "adapters/postgres/product/reservation_rows.h"

namespace cloudcart::product {
namespace {

using postgres::Query;
using postgres::Row;

#define CLOUDCART_INSERT_RESERVATION                                                \
  "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines)" \
  " VALUES ($1, $2, $3, $4, $4, $5)"

StoredReservation read(const Row& row, int first) {
  return {parse_reservation_state(row.text(first)).value(), lines_of(row.text(first + 1))};
}

}  // namespace

Query inserting_reservation(const TenantId& tenant, const OrderId& order,
                            const StoredReservation& reservation, Timestamp now, Existing existing) {
  return postgres::query(
      existing == Existing::is_left ? CLOUDCART_INSERT_RESERVATION " ON CONFLICT DO NOTHING"
                                    : CLOUDCART_INSERT_RESERVATION,
      tenant.value, order, to_string(reservation.state), now, lines_as_json(reservation.lines));
}

Query selecting_reservation(const TenantId& tenant, const OrderId& order) {
  return postgres::query("SELECT state, lines FROM reservation WHERE tenant = $1 AND order_id = $2",
                         tenant.value, order);
}

std::optional<StoredReservation> read_reservation(const postgres::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read(rows[0], 0);
}

Query locking_reservations(const std::vector<std::string>& tenants, const std::vector<OrderId>& orders) {
  return postgres::query(
      "SELECT held.tenant, held.order_id, held.state, held.lines FROM reservation AS held"
      " JOIN unnest($1, $2) AS asked(tenant, order_id)"
      " ON held.tenant = asked.tenant AND held.order_id = asked.order_id"
      " ORDER BY held.tenant, held.order_id FOR NO KEY UPDATE OF held",
      tenants, orders);
}

StoredReservation read_locked_reservation(const Row& row) {
  return read(row, 2);
}

}  // namespace cloudcart::product
