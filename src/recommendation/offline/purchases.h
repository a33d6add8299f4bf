#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/timestamp.h"
#include "events/order_event.h"
#include "recommendation/domain/order_book.h"
#include "recommendation/offline/word_index.h"

namespace cloudcart::recommendation::offline {

/// Orders of a file in memory; everything is named by the numbers of one Words. 8 bytes a line.
class Purchases {
 public:
  struct Line {
    std::uint32_t item;
    std::uint32_t quantity;
  };
  struct Order {
    std::uint32_t number;  ///< in Words::orders
    std::uint32_t customer;
    Timestamp time;
    std::uint64_t first_line;
    std::uint32_t line_count;
  };

  std::span<const Order> orders() const { return orders_; }
  /// Each item once, in order of first mention.
  std::span<const Line> lines(const Order& order) const {
    return std::span{lines_}.subspan(order.first_line, order.line_count);
  }
  std::size_t line_count() const { return lines_.size(); }

  /// The orders for which `is_wanted` says yes, in the same order.
  Purchases only(const std::function<bool(const Order&)>& is_wanted) const;
  /// Oldest first, those of one moment by name: the order of the protocol.
  void sort(const Words& words);

  /// What the order service would tell of an order; of its lines only product and quantity.
  events::OrderEvent event_of(const Order& order) const;
  /// A book that has all of them.
  OrderBook book() const;

 private:
  friend class PurchaseCollector;
  std::vector<Order> orders_;
  std::vector<Line> lines_;
};

/// Puts orders together from lines in any order.
class PurchaseCollector {
 public:
  struct Line {
    std::string_view order, customer, item;
    Timestamp time;
    std::uint32_t quantity = 1;
  };

  explicit PurchaseCollector(Words& words) : words_(words) {}

  /// validation_failed when the order is another customer's, or there are more lines than fit.
  Status add(const Line& line);
  std::size_t line_count() const { return lines_.size(); }
  /// Orders in order of their first lines. An order's time is that of its earliest line; an item on several
  /// lines counts once, with the sum of their quantities.
  Purchases finish() &&;

 private:
  struct Row {
    std::uint32_t order;  ///< place in orders_
    Purchases::Line line;
  };

  Words& words_;
  std::vector<Purchases::Order> orders_;
  std::vector<std::uint32_t> places_;  ///< in orders_, from 1, by number of the order's word
  std::vector<Row> lines_;
};

/// validation_failed, naming it, when an order is in both.
Status check_apart(const Purchases& train, const Purchases& future, const Words& words);

/// What each customer bought.
class BoughtItems {
 public:
  explicit BoughtItems(const Purchases& purchases);
  /// Each item once, ascending; empty for a customer without orders.
  std::vector<std::uint32_t> of(std::uint32_t customer) const;
  bool knows(std::uint32_t customer) const {
    return customer < orders_of_.size() && !orders_of_[customer].empty();
  }

 private:
  const Purchases& purchases_;
  std::vector<std::vector<std::uint32_t>> orders_of_;  ///< by number of the customer
};

}  // namespace cloudcart::recommendation::offline
