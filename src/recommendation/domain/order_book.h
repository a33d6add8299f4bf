#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/chunked_array.h"
#include "core/id.h"
#include "events/order_event.h"
#include "recommendation/domain/id_index.h"

namespace cloudcart {
class ByteReader;
}

namespace cloudcart::recommendation {

/// What is known of a shop's orders: the facts that every count is made of. Whatever the order in which
/// events come and however often, the book ends up the same, because an order only ever goes from bought to
/// cancelled and each step is taken once.
///
/// One writer. Others may read meanwhile, without locks, what products(), users(), newest(), lines() and
/// for_each_order_of() tell.
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
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  struct Order {
    Timestamp time;
    std::uint32_t user;
    std::uint32_t first_line;
    std::uint32_t previous;  ///< of the same customer, an older one that stands; none: this is the first
    std::uint16_t line_count;
    State state;
  };
  /// Of a larger order only so many products are kept.
  static constexpr std::size_t max_lines = 4096;
  /// What an event changed.
  enum class Effect : std::uint8_t { none, purchase, cancellation, credit };
  struct Change {
    Effect effect = Effect::none;
    std::uint32_t order = 0;
  };

  Change record(const events::OrderEvent& event);
  /// Takes over an order of another book that stands, and is not in this one.
  void adopt(const OrderBook& from, std::uint32_t order);

  /// From now on the customer is nobody: has no history, and what write() and adopt() pass on of the orders is of no known
  /// customer, like orders of the nil id. The orders themselves stay.
  void forget(UserId customer);

  std::size_t order_count() const { return orders_.size(); }
  const Order& order(std::uint32_t index) const { return orders_[index]; }
  const OrderId& id(std::uint32_t order) const { return order_ids_[order]; }
  /// Each product once, in order of first mention.
  std::span<const Line> lines(const Order& order) const {
    return lines_.together(order.first_line, order.line_count);
  }
  /// Visits a customer's orders that stand, newest first, until `visit(order, index)` answers false.
  template <class Visit>
  void for_each_order_of(std::uint32_t user, Visit visit) const {
    auto index = load_shared(newest_of_[user], std::memory_order_acquire);
    while (index != 0 && visit(orders_[index - 1], index - 1))
      index = load_shared(orders_[index - 1].previous, std::memory_order_acquire) + 1;
  }

  /// Of two orders, by time, then by id.
  bool comes_before(std::uint32_t a, std::uint32_t b) const;

  const IdIndex<ProductId>& products() const { return products_; }
  const IdIndex<UserId>& users() const { return users_; }
  std::size_t users_with_orders() const { return load_shared(users_with_orders_); }
  /// The time of the newest event seen, of whatever kind; 1970 before the first.
  Timestamp newest() const { return load_shared(newest_); }
  std::size_t bytes() const;

  /// Appends the book in a form that read() takes back, states and all.
  void write(std::string& out) const;
  /// Empty for what write() has not made.
  static std::optional<OrderBook> read(std::string_view bytes);

 private:
  bool take_order(ByteReader& bytes);
  Change record_purchase(const events::OrderEvent& event);
  Change record_cancellation(const events::OrderEvent& event);
  std::uint32_t add_order(const events::OrderEvent& event, State state,
                          std::span<const events::EventLine> lines);
  std::uint32_t add_order(OrderId id, UserId user, Timestamp time, State state, std::span<const Line> lines);
  std::span<const Line> distinct_lines(std::span<const events::EventLine> lines);
  UserId customer_of(const Order& order) const;
  bool is_forgotten(std::uint32_t user) const { return user < forgotten_.size() && forgotten_[user]; }
  void add_to_history(std::uint32_t order);
  void remove_from_history(std::uint32_t order);
  IdIndex<OrderId> order_ids_;
  IdIndex<ProductId> products_;
  IdIndex<UserId> users_;
  ChunkedArray<Order> orders_;  ///< by index of order_ids_
  ChunkedArray<Line, 12> lines_;
  ChunkedArray<std::uint32_t> newest_of_;  ///< by index of users_; 0: none, else the index of an order + 1
  std::size_t users_with_orders_ = 0;
  std::vector<bool> forgotten_;  ///< by index of users_, as far as any is
  Timestamp newest_{};
  std::vector<Line> basket_;             ///< of the event at hand
  std::vector<std::uint32_t> place_of_;  ///< by product: in basket_, from 1
};

}  // namespace cloudcart::recommendation
