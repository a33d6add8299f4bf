#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "analytics/columns/shop_columns.h"
#include "analytics/columns/time_groups.h"

namespace cloudcart::analytics {

/// The groups of a query by number, and what belongs to them: each combination of members of all axes has a number by
/// mixed radix, of time first, then customer, status, and item.
class Grouping {
 public:
  Grouping(const ShopColumns& columns, const CubeQuery& query);

  /// Product or category matter: an order is looked at line by line.
  bool by_line() const { return by_line_; }
  /// Nothing but time matters.
  bool by_time_alone() const { return by_time_alone_; }
  /// Groups are stretches of time that follow each other.
  bool is_in_order() const;
  /// How many combinations there are.
  std::uint64_t size() const { return size_; }
  const TimeGroups& times() const { return times_; }

  /// No two lines of one order are in one group.
  bool line_has_own_group() const { return line_has_own_group_; }
  bool selects_customers() const { return !customers_.empty(); }
  bool selects_items() const { return !items_.empty(); }
  bool takes_every_status() const {
    return std::ranges::all_of(statuses_, [](bool taken) { return taken; });
  }

  bool takes(OrderStatus status) const { return statuses_[static_cast<std::size_t>(status)]; }
  bool takes_customer(std::uint32_t customer) const { return customers_[customer] != 0; }
  bool takes_item(std::uint32_t item) const { return items_.empty() || items_[item]; }

  std::uint64_t group_of(std::uint32_t time, std::uint32_t customer, OrderStatus status) const {
    std::uint64_t group = time;
    if (customer_radix_ > 1) group = group * customer_radix_ + customer;
    if (status_radix_ > 1) group = group * status_radix_ + static_cast<std::uint64_t>(status);
    return group * item_radix_;
  }
  /// To be added to group_of() for a line.
  std::uint64_t part_of_item(std::uint32_t item) const { return item_parts_.empty() ? 0 : item_parts_[item]; }

  Member member(std::uint64_t group, std::size_t axis) const;
  std::string name(std::uint64_t group, std::size_t axis) const;

 private:
  void select(const Selection& selection);
  void select_items(const Selection& selection);
  void number_items();
  bool has_axis(Dimension dimension) const;
  std::vector<const TimeAxis*> time_axes() const;
  std::uint32_t product_of(std::uint64_t group) const;
  std::uint32_t time_member(std::uint64_t group, std::size_t axis) const;

  const ShopColumns& columns_;
  const CubeQuery& query_;
  const TimeGroups times_;
  bool by_line_ = false;
  bool by_time_alone_ = false;
  bool line_has_own_group_ = false;
  std::uint64_t size_ = 1;
  std::uint64_t customer_radix_ = 1, status_radix_ = 1, item_radix_ = 1, category_radix_ = 1;
  std::array<bool, all_order_statuses.size()> statuses_;
  std::vector<std::uint8_t> customers_;  ///< by number; empty: all
  std::vector<std::uint8_t> items_;      ///< by number; empty: all
  std::vector<std::uint64_t> item_parts_;
};

}  // namespace cloudcart::analytics
