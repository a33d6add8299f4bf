#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/id.h"
#include "events/order_event.h"
#include "recommendation/domain/id_index.h"

namespace cloudcart::recommendation {

/// What is known of a shop's orders: the facts that every count is made of. Whatever the order in which
/// events come and however often, the book ends up the same, because an order only ever goes from bought to
/// cancelled and each step is taken once.
class OrderBook {
 public:
  struct Line {
    std::uint32_t product;
    std::uint32_t quantity;  ///< larger ones count as the largest that fits
  };
  enum class State : std::uint8_t {
    bought,
    cancelled,  ///< for good, even where the cancellation came before the order
    credited,   ///< a credit note: gives back units of earlier orders
  };
  struct Order {
    Timestamp time;
    std::uint32_t user;
    std::uint32_t line_count;
    std::uint64_t first_line;
    State state;
  };
  /// What an event changed.
  enum class Effect : std::uint8_t { none, purchase, cancellation, credit };
  struct Change {
    Effect effect = Effect::none;
    std::uint32_t order = 0;
  };

  Change record(const events::OrderEvent& event);

  std::size_t order_count() const { return orders_.size(); }
  const Order& order(std::uint32_t index) const { return orders_[index]; }
  /// Each product once, in order of first mention.
  std::span<const Line> lines(const Order& order) const {
    return std::span{lines_}.subspan(order.first_line, order.line_count);
  }
  /// A customer's orders that stand, oldest first.
  std::span<const std::uint32_t> orders_of(std::uint32_t user) const { return orders_of_[user]; }

  const IdIndex<ProductId>& products() const { return products_; }
  const IdIndex<UserId>& users() const { return users_; }
  std::size_t users_with_orders() const { return users_with_orders_; }
  /// The time of the newest event seen, of whatever kind.
  Timestamp newest() const { return newest_; }
  std::size_t bytes() const;

 private:
  Change record_purchase(const events::OrderEvent& event);
  Change record_cancellation(const events::OrderEvent& event);
  std::uint32_t add_order(const events::OrderEvent& event, State state,
                          std::span<const events::EventLine> lines);
  void add_lines(std::span<const events::EventLine> lines);
  void add_to_history(std::uint32_t order);
  void remove_from_history(std::uint32_t order);
  bool comes_before(std::uint32_t a, std::uint32_t b) const;

  IdIndex<OrderId> order_ids_;
  IdIndex<ProductId> products_;
  IdIndex<UserId> users_;
  std::vector<Order> orders_;  ///< by index of order_ids_
  std::vector<Line> lines_;
  std::vector<std::vector<std::uint32_t>> orders_of_;  ///< by index of users_
  std::size_t users_with_orders_ = 0;
  Timestamp newest_ = Timestamp::min();
};

}  // namespace cloudcart::recommendation
