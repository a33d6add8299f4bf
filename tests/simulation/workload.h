#pragma once

#include <vector>

#include "simulation/node.h"

namespace cloudcart::simulation {

/// What clients and the places they call are to each other.
struct Shopfront {
  Context& context;
  Oracle& oracle;
  Wire& wire;
  Process& home;  ///< where the clients run; it outlives every service
  Node& orders;
  Node& products;
  Node& analytics;
  std::vector<ProductId> shelf;
  std::vector<UserId> users;                             ///< the first one is staff
  std::vector<std::pair<OrderId, UserId>> orders_known;  ///< ids that somebody was told, and whose they are
  std::vector<Purchase*> keyed;  ///< purchases with a key, in order of their beginning
  std::int64_t next_price = 1000;
  std::int64_t next_wish = 1;
};

/// A signed-in person who shops, or works in the shop, and asks again when an answer is missing.
class Client {
 public:
  Client(Shopfront& front, UserId user, bool is_staff) : front_(front), user_(user), is_staff_(is_staff) {}

  /// So many random requests, one after the other.
  Task<void> live(std::size_t requests);
  /// Asks again for every purchase of this person's whose outcome is not clear, until it is.
  Task<void> settle();

 private:
  using OrderAnswer = Result<order::Order>;

  Task<void> act();
  Task<void> buy();
  Task<OrderAnswer> post(Purchase& purchase);
  Task<void> post_until_clear(Purchase& purchase, std::size_t attempts, milliseconds wait);
  Task<void> transition();
  Task<void> read_order();
  Task<void> read_own_orders();
  Task<void> read_history();
  Task<void> edit_product();
  Task<void> adjust_stock();
  Task<void> read_product();
  Task<void> read_listing();
  Task<void> read_dashboard();

  template <class T>
  Task<Result<T>> ask(Node& node, std::function<Task<Result<T>>(Node&, Caller)> serve);
  void judge_order(OrderId id, UserId owner, std::int64_t due, const OrderAnswer& answer);
  Purchase& next_purchase();
  std::vector<order::LineRequest> random_lines();
  Random& random() { return front_.context.random(); }
  bool may_see(UserId owner) const { return is_staff_ || owner == user_; }

  Shopfront& front_;
  const UserId user_;
  const bool is_staff_;
};

}  // namespace cloudcart::simulation
