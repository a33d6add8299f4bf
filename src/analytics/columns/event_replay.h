#pragma once

#include <unordered_map>
#include <vector>

#include "analytics/columns/order_state.h"
#include "analytics/columns/shop_memory.h"

namespace cloudcart::analytics {

/// Makes a shop's memory of its events alone, for stores that number neither orders nor customers nor items. Events come in
/// order of the log; of those that it holds twice the first counts.
///
/// About 70 bytes an order beside the columns'. For one thread at a time, or for several that only read.
class EventReplay {
 public:
  explicit EventReplay(TimeZone days) : memory_(std::move(days)) {}

  void take_in(const events::OrderEvent& event);
  const ShopMemory& memory() const { return memory_; }
  /// Estimated from what its containers usually take for an entry.
  std::size_t bytes() const;

 private:
  struct Order {
    std::int64_t version = 0;
    std::uint32_t customer = no_customer;
    OrderStatus status = OrderStatus::pending;
    bool is_placed = false, is_given_back = false, is_shipped = false, is_delivered = false;
  };
  /// When an order that is not known to be placed was shipped and delivered.
  struct Passed {
    std::optional<Timestamp> shipped_at, delivered_at;
  };

  std::uint32_t customer_of_order(const events::OrderEvent& event);
  std::uint32_t item_of(const events::EventLine& line, Timestamp at);
  OrderState state_of(std::uint32_t number) const;
  void note(const events::OrderEvent& event, const OrderChange& change);

  ShopMemory memory_;
  std::vector<Order> orders_;  ///< by number
  std::unordered_map<OrderId, std::uint32_t> order_numbers_;
  std::unordered_map<std::uint32_t, Passed> passed_;  ///< by number, until the order is placed
  std::unordered_map<UserId, std::uint32_t> customer_numbers_;
  std::unordered_map<ProductId, std::vector<std::uint32_t>> product_items_;  ///< in each of its categories
};

}  // namespace cloudcart::analytics
