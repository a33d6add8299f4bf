#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "analytics/columns/distinct_customers.h"
#include "analytics/columns/grouping.h"
#include "analytics/columns/shop_columns.h"

namespace cloudcart::analytics {

/// Answers one query: from rollups where it asks for nothing but time, in not too many groups; else by a pass over the columns of the blocks
/// that hold anything of the query's time, or, where that is less and the groups' sums of all time are known, of all
/// other times, which are then taken away from these.
class Scan {
 public:
  Scan(const ShopColumns& columns, const CubeQuery& query);
  Result<CubeAnswer> run();

 private:
  struct Passages {
    std::int64_t orders = 0, seconds = 0;
  };
  using GroupIndex = std::uint32_t;

  // From rollups.
  bool rollups_suffice() const;
  bool whole_days() const;
  void add_rollups();

  // From columns.
  void scan_blocks();
  void scan_placed(const Block& block);
  bool is_plain() const;
  void scan_placed_plainly(const Block& block);
  void scan_given_back(const Block& block);
  void scan_passages(const Block& block, const std::vector<Block::Passage>& passages,
                     std::vector<Passages>& groups, Passages& total);
  void count_buyers();
  template <class Visit>
  bool for_each_buyer(Visit visit) const;
  bool count_buyers_in_order();
  void scan_buyers();
  /// Calls `add(group, sale)` for each group that a sale of an order belongs to, and answers what of the sale
  /// belongs to any.
  template <class Add>
  std::optional<Counted> for_each_group(const Block& block, std::uint32_t row, std::int64_t at,
                                        const Counted& whole, Block::Lines lines, Add add);
  GroupIndex index_of(std::uint64_t group);
  void make_room(std::size_t groups);

  // From sums of all time, less those of all other times.
  bool knows_all_time() const;
  CountedSales all_time_of(GroupIndex group) const;
  bool is_complement_shorter() const;
  void take_complement_away(const Scan& complement);
  void find_last_orders(const std::vector<GroupIndex>& customers);

  void finish_total();
  SalesFigures figures_of(GroupIndex index) const;
  std::uint64_t group_at(GroupIndex index) const { return is_dense_ ? index : groups_[index]; }
  bool counts(GroupIndex index) const;
  std::vector<GroupIndex> ranked(std::vector<GroupIndex> candidates) const;
  std::vector<std::size_t> most_promising(const std::vector<std::int64_t>& keys, std::size_t terms,
                                          std::size_t candidates) const;
  CubeRow row_of(GroupIndex index) const;
  bool is_first_order(const Block& block, std::uint32_t row) const {
    return columns_.customers()[block.customer[row]].first_order == block.first_number + row;
  }

  const ShopColumns& columns_;
  const CubeQuery& query_;
  const Grouping grouping_;
  /// Few enough combinations: the number of a group is its index.
  const bool is_dense_;
  const bool by_customer_alone_;
  bool too_many_ = false;

  boost::unordered_flat_map<std::uint64_t, GroupIndex> index_;
  std::vector<std::uint64_t> groups_;

  // By index of the group.
  std::vector<SalesFigures> rolled_up_;  ///< from rollups, instead of all that follow
  std::vector<Counted> placed_, given_back_;
  std::vector<Passages> shipped_, delivered_;
  std::vector<std::uint32_t> new_customers_;
  std::vector<std::int64_t> last_order_at_;
  std::vector<std::uint32_t> counted_for_;  ///< the sale for which an order was counted last
  std::uint32_t sale_ = 0;
  std::optional<DistinctCustomers> distinct_, distinct_in_all_;
  bool buyers_are_rolled_up_ = false;

  SalesFigures total_;
  CountedSales in_all_;
};

}  // namespace cloudcart::analytics
