#pragma once

#include "core/epochs.h"
#include "recommendation/domain/co_purchases.h"
#include "recommendation/domain/order_book.h"
#include "recommendation/domain/recent_orders.h"
#include "recommendation/domain/sales.h"
#include "recommendation/domain/view.h"

namespace cloudcart::recommendation {

/// A shop's orders and all that is counted from them as they come. One writer; readers hold a guard of `epochs`.
struct Facts {
  /// Counts a whole book, much faster than applying its events, with the same outcome.
  Facts(OrderBook of_orders, Epochs& epochs, PairWeighting weighting, const Crew& crew);

  OrderBook::Change apply(const events::OrderEvent& event);
  View view(const Insight* insight) const { return {book, sales, pairs, recent, insight}; }
  std::size_t bytes() const { return book.bytes() + sales.bytes() + pairs.bytes() + recent.bytes(); }

  OrderBook book;
  Sales sales;
  CoPurchases pairs;
  RecentOrders recent;

 private:
  void make_room(std::size_t products);
};

}  // namespace cloudcart::recommendation
