#pragma once

#include <map>
#include <vector>

#include "adapters/memory/analytics/memory_analytics_store.h"

namespace cloudcart::analytics {

/// Each customer's first order: the earliest, of equally early ones the one with the lesser id.
using FirstOrders = std::map<UserId, std::pair<Timestamp, OrderId>>;
FirstOrders first_orders_of(const MemoryAnalyticsStore::ShopFacts& facts);

/// Answers one query by going through every order, line by line.
class FlowCounter {
 public:
  FlowCounter(const MemoryAnalyticsStore::ShopFacts& facts, const CubeQuery& query);
  CubeAnswer answer() const;

 private:
  using Order = MemoryAnalyticsStore::Order;
  using Key = std::vector<Member>;
  struct Group {
    SalesFigures figures;
    std::map<UserId, int> orders_of;
    std::optional<Timestamp> last_order_at;
  };
  using Groups = std::map<Key, Group>;
  /// What an order brings into one group.
  struct Part {
    std::int64_t units = 0;
    Money amount;
  };

  Groups count(const std::vector<Axis>& axes) const;
  void count_order(Groups& groups, const std::vector<Axis>& axes, const Order& order) const;
  /// Calls `add(group, part)` for each group that `event`, a flow of `order`, belongs to.
  template <class Add>
  void for_each_group(Groups& groups, const std::vector<Axis>& axes, const Order& order,
                      const events::OrderEvent& event, const events::OrderEvent& lines, Add add) const;
  bool is_wanted(Timestamp time) const;
  bool is_selected(const Member& customer, OrderStatus status) const;
  bool is_selected(const events::EventLine& line) const;
  bool is_by_line(const std::vector<Axis>& axes) const;
  SalesFigures figures_of(const Group& group) const;

  const MemoryAnalyticsStore::ShopFacts& facts_;
  const CubeQuery& query_;
  const FirstOrders first_orders_;
};

}  // namespace cloudcart::analytics
