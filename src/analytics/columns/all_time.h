#pragma once

#include <vector>

#include "analytics/columns/counted.h"
#include "analytics/columns/directory.h"
#include "analytics/columns/order_change.h"

namespace cloudcart::analytics {

/// Sums over all time by product and by category, as a query would count them: an order once for each that it holds.
class AllTimeSales {
 public:
  void add_placed(const Sale& sale, const Items& items) { add(sale, items, &CountedSales::placed, true); }
  void add_given_back(const Sale& sale, const Items& items, bool whole_order) {
    add(sale, items, &CountedSales::given_back, whole_order);
  }

  /// By their places in Items; what is not there yet was never sold.
  const std::vector<CountedSales>& by_product() const { return by_product_; }
  const std::vector<CountedSales>& by_category() const { return by_category_; }
  /// Line by line, each order once; and by the orders' own amounts.
  const CountedSales& of_lines() const { return of_lines_; }
  const CountedSales& of_orders() const { return of_orders_; }

 private:
  void add(const Sale& sale, const Items& items, Counted CountedSales::* way, bool whole_order);

  std::vector<CountedSales> by_product_, by_category_;
  CountedSales of_lines_, of_orders_;
};

}  // namespace cloudcart::analytics
