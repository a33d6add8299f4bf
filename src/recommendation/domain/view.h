#pragma once

#include <algorithm>
#include <cmath>

#include "recommendation/domain/co_purchases.h"
#include "recommendation/domain/fast_log.h"
#include "recommendation/domain/insight.h"
#include "recommendation/domain/order_book.h"
#include "recommendation/domain/recent_orders.h"
#include "recommendation/domain/sales.h"

namespace cloudcart::recommendation {

/// All that a shop's model knows, as its recommenders see it, at one moment. Whoever has one holds a guard of the
/// model's Epochs.
struct View {
  const OrderBook& book;
  const Sales& sales;
  const CoPurchases& pairs;
  const RecentOrders& recent;
  const Insight* insight;              ///< null before the first refresh
  Timestamp now;                       ///< time of the newest event
  double week, fortnight, two_months;  ///< what an order of the windows' landmark is worth now

  View(const OrderBook& of_book, const Sales& of_sales, const CoPurchases& of_pairs,
       const RecentOrders& of_recent, const Insight* of_insight)
      : book(of_book),
        sales(of_sales),
        pairs(of_pairs),
        recent(of_recent),
        insight(of_insight),
        now(of_book.newest()),
        week(of_sales.unit_at(now, Window::week)),
        fortnight(of_sales.unit_at(now, Window::fortnight)),
        two_months(of_sales.unit_at(now, Window::two_months)) {}

  /// At most all orders: those that came since the view was taken count as if they came then.
  double sold_fortnight(std::uint32_t product) const {
    return std::min<double>(sales.faded(product, Window::fortnight) * fortnight, sales.orders_with(product));
  }
  /// Likewise never below 0.
  double days_since(Timestamp time) const {
    const std::chrono::duration<double, std::chrono::days::period> age = now - time;
    return std::max(0.0, age.count());
  }
  /// Whether a product is still sold, by how much of its sales is of late: the strongest sign there is that it can
  /// be had.
  float log_availability(std::uint32_t product) const {
    return fast_log(
        static_cast<float>((sold_fortnight(product) + 0.1) / (sales.orders_with(product) + 10.0)));
  }
  float log_popularity(std::uint32_t product) const {
    return fast_log(static_cast<float>(sales.orders_with(product)) + 1);
  }
  const Lessons& lessons() const {
    static const Lessons defaults;
    return insight ? insight->lessons : defaults;
  }
};

}  // namespace cloudcart::recommendation
