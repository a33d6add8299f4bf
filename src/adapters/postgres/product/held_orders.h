#pragma once

#include <map>
#include <span>
#include <vector>

#include "adapters/postgres/product/reservation_rows.h"
#include "adapters/postgres/product/stock_moves.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// The reservations of some orders within one transaction: locked, read, moved on step by step, and written together.
class HeldOrders {
 public:
  /// Orders without a reservation change nothing.
  static postgres::Query locking(const std::vector<HeldOrder>& orders);
  explicit HeldOrders(const postgres::Rows& locked);

  const StoredReservation* find(const HeldOrder& order) const;
  /// Does what a step of the order asks for with its reservation, if it has one.
  void take(StockStep step, const HeldOrder& order, Timestamp now);
  /// The order service has said that there is this order.
  void note_known(const HeldOrder& order, Timestamp now);

  /// Products whose available count became another.
  const StockChanges& changes() const { return changes_; }
  std::vector<postgres::Query> writing() const;

 private:
  struct Held {
    StoredReservation reservation;
    bool is_known = false;
    bool is_touched = false;
    Timestamp updated_at{};
  };
  struct Order {
    auto operator()(const HeldOrder& a, const HeldOrder& b) const {
      return std::tie(a.tenant, a.order_id) < std::tie(b.tenant, b.order_id);
    }
  };

  Held* find_held(const HeldOrder& order);
  void move(const OrderId& order, Held& held, Movement movement, ReservationState state, Timestamp now);

  std::map<HeldOrder, Held, Order> held_;
  StockMoves moves_;
  StockChanges changes_;
};

}  // namespace cloudcart::product
