#include "adapters/postgres/product/held_orders.h"

#include <algorithm>

namespace cloudcart::product {

using postgres::Query;

Query HeldOrders::locking(const std::vector<HeldOrder>& orders) {
  std::vector<std::string> tenants;
  std::vector<OrderId> ids;
  for (const auto& [tenant, id] : orders) {
    tenants.push_back(tenant.value);
    ids.push_back(id);
  }
  return locking_reservations(tenants, ids);
}

HeldOrders::HeldOrders(const postgres::Rows& locked) {
  for (const auto row : locked)
    held_.emplace(HeldOrder{TenantId{row.string(0)}, row.id<OrderId>(1)},
                  Held{.reservation = read_reservation(row, 2)});
}

const StoredReservation* HeldOrders::find(const HeldOrder& order) const {
  const auto found = held_.find(order);
  return found == held_.end() ? nullptr : &found->second.reservation;
}

HeldOrders::Held* HeldOrders::find_held(const HeldOrder& order) {
  const auto found = held_.find(order);
  return found == held_.end() ? nullptr : &found->second;
}

void HeldOrders::move(const OrderId& order, Held& held, Movement movement, ReservationState state,
                      Timestamp now) {
  std::map<std::int64_t, std::int64_t> quantities;
  for (const auto& [number, line] : held.reservation.lines) quantities[number] += line.quantity;
  for (const auto& [number, quantity] : quantities) moves_.add(number, movement, quantity, order, now);
  held.reservation.state = state;
  held.is_touched = true;
  held.updated_at = now;
}

void HeldOrders::take(StockStep step, const HeldOrder& order, Timestamp now) {
  auto* held = find_held(order);
  if (!held) return;
  const auto state = held->reservation.state;
  if (step == StockStep::sell && state == ReservationState::reserved)
    move(order.order_id, *held, Movement::sell, ReservationState::sold, now);
  const auto back = way_back(state);
  if (step != StockStep::give_back || !back) return;
  move(order.order_id, *held, *back, ReservationState::released, now);
  for (const auto& [product, quantity] : sum_by_product(promised_lines(held->reservation)))
    changes_.push_back({order.tenant, product});
}

void HeldOrders::note_known(const HeldOrder& order, Timestamp now) {
  auto* held = find_held(order);
  if (!held) return;
  held->is_known = true;
  if (!std::exchange(held->is_touched, true)) held->updated_at = now;
}

std::vector<Query> HeldOrders::writing() const {
  std::vector<std::string> tenants, states;
  std::vector<OrderId> orders;
  std::vector<std::int64_t> times;
  std::vector<bool> known;
  for (const auto& [order, held] : held_) {
    if (!held.is_touched) continue;
    tenants.push_back(order.tenant.value);
    orders.push_back(order.order_id);
    states.emplace_back(to_string(held.reservation.state));
    times.push_back(to_unix_ms(held.updated_at));
    known.push_back(held.is_known);
  }
  std::vector<Query> queries;
  if (!moves_.empty()) {
    queries.push_back(locking_stock(moves_.product_numbers()));
    queries.push_back(moves_.writing());
  }
  if (!orders.empty())
    queries.push_back(postgres::query(
        "UPDATE reservation AS held SET state = new.state, updated_at = new.updated_at,"
        " order_known = held.order_known OR new.is_known"
        " FROM unnest($1, $2, $3, $4, $5) AS new(tenant, order_id, state, updated_at, is_known)"
        " WHERE held.tenant = new.tenant AND held.order_id = new.order_id",
        tenants, orders, states, times, known));
  return queries;
}

}  // namespace cloudcart::product
