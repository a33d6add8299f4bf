// What a scan takes from sums that are kept: by time, and of all time.
#include <algorithm>

#include "analytics/columns/scan.h"

namespace cloudcart::analytics {

bool Scan::rollups_suffice() const {
  const auto aligned = [](std::int64_t ms) { return quarter_of(ms) * quarter_hour_ms == ms; };
  return grouping_.by_time_alone() && is_dense_ &&
         std::ranges::all_of(grouping_.times().stretches(), [&](const TimeGroups::Stretch& stretch) {
           return aligned(stretch.begin) && aligned(stretch.end);
         });
}

bool Scan::whole_days() const {
  // Where a query is cut off around the data no day need begin: the day of the first flow began later.
  constexpr std::int64_t longest_day_ms = 26 * 4 * quarter_hour_ms;
  const auto fits = [&](std::int64_t ms) {
    return ms + longest_day_ms <= columns_.span().first || ms > columns_.span().last ||
           columns_.buyers().begins_a_day(ms);
  };
  return std::ranges::all_of(grouping_.times().stretches(), [&](const TimeGroups::Stretch& stretch) {
    return fits(stretch.begin) && fits(stretch.end);
  });
}

void Scan::add_rollups() {
  rolled_up_.resize(grouping_.times().size());
  for (const auto& [begin, end, group] : grouping_.times().stretches())
    columns_.quarters().add_to(rolled_up_[group], begin, end);
  for (auto& figures : rolled_up_) {
    keep_wanted(figures, query_);
    total_.add_flows(figures);
  }
  if (query_.customers) count_buyers();
}

void Scan::count_buyers() {
  if (!whole_days()) {
    if (!count_buyers_in_order()) scan_buyers();
    return;
  }
  std::vector<Buyers> buyers(rolled_up_.size());
  for (const auto& [begin, end, group] : grouping_.times().stretches())
    columns_.buyers().add_to(buyers[group], begin, end);
  buyers_are_rolled_up_ = true;
  Buyers all;
  for (std::size_t group = 0; group < buyers.size(); ++group) {
    rolled_up_[group].active_customers = buyers[group].active();
    rolled_up_[group].repeat_customers = buyers[group].repeat();
    all.add(buyers[group]);
  }
  total_.active_customers = all.active();
  total_.repeat_customers = all.repeat();
}

/// Calls `visit(group, customer)` for each order of a customer; ends early when it answers false.
template <class Visit>
bool Scan::for_each_buyer(Visit visit) const {
  const auto& times = grouping_.times();
  for (const auto& block : columns_.blocks()) {
    if (!block->placed_span.meets(times.begin(), times.end())) continue;
    for (std::uint32_t row = 0; row < block->rows(); ++row) {
      const auto customer = block->customer[row];
      const auto group = times(block->placed_at[row]);
      if (customer != no_customer && group != TimeGroups::outside && !visit(group, customer)) return false;
    }
  }
  return true;
}

/// False when the groups are no row of stretches, or customers come in no order.
bool Scan::count_buyers_in_order() {
  if (!grouping_.is_in_order()) return false;
  const auto customers = columns_.customers().size();
  CustomersInOrder by_group(rolled_up_.size(), customers), in_all(1, customers);
  if (!for_each_buyer([&](std::uint32_t group, std::uint32_t customer) {
        return by_group.add(group, customer) && in_all.add(0, customer);
      }))
    return false;
  for (GroupIndex group = 0; group < rolled_up_.size(); ++group) {
    rolled_up_[group].active_customers = by_group.of(group).active;
    rolled_up_[group].repeat_customers = by_group.of(group).repeat;
  }
  total_.active_customers = in_all.of(0).active;
  total_.repeat_customers = in_all.of(0).repeat;
  buyers_are_rolled_up_ = true;
  return true;
}

void Scan::scan_buyers() {
  distinct_.emplace(rolled_up_.size(), columns_.customers().size());
  distinct_in_all_.emplace(1, columns_.customers().size());
  for_each_buyer([&](std::uint32_t group, std::uint32_t customer) {
    distinct_->add(group, customer);
    distinct_in_all_->add(0, customer);
    return true;
  });
}

/// Whether the groups' sums of all time are at hand.
bool Scan::knows_all_time() const {
  if (query_.axes.size() != 1 || !query_.selections.empty() || query_.customers || query_.passages ||
      !is_dense_)
    return false;
  const auto dimension = query_.axes[0].dimension;
  return dimension == Dimension::product || dimension == Dimension::category ||
         dimension == Dimension::customer;
}

CountedSales Scan::all_time_of(GroupIndex group) const {
  const auto& known = columns_.all_time_sales();
  const auto at = [group](const std::vector<CountedSales>& sums) {
    return group < sums.size() ? sums[group] : CountedSales{};
  };
  switch (query_.axes[0].dimension) {
    case Dimension::product:
      return at(known.by_product());
    case Dimension::category:
      return at(known.by_category());
    default:
      return columns_.customers()[group].sales;
  }
}

bool Scan::is_complement_shorter() const {
  const auto& span = columns_.span();
  if (span.empty()) return false;
  std::int64_t wanted = 0;
  for (const auto& stretch : grouping_.times().stretches())
    wanted +=
        std::max<std::int64_t>(0, std::min(stretch.end, span.last + 1) - std::max(stretch.begin, span.first));
  return wanted > (span.last + 1 - span.first) / 2;
}

void Scan::take_complement_away(const Scan& complement) {
  make_room(grouping_.size());
  for (GroupIndex group = 0; group < placed_.size(); ++group) {
    const auto sums = all_time_of(group);
    placed_[group] = sums.placed;
    placed_[group].subtract(complement.placed_[group]);
    given_back_[group] = sums.given_back;
    given_back_[group].subtract(complement.given_back_[group]);
  }
  const auto& known = columns_.all_time_sales();
  in_all_ = by_customer_alone_ ? known.of_orders() : known.of_lines();
  in_all_.placed.subtract(complement.in_all_.placed);
  in_all_.given_back.subtract(complement.in_all_.given_back);
}

/// A plain pass leaves these out; from the newest block on, for those who are shown.
void Scan::find_last_orders(const std::vector<GroupIndex>& customers) {
  std::vector<std::uint8_t> is_wanted(columns_.customers().size());
  for (const auto customer : customers) is_wanted[customer] = placed_[customer].orders > 0;
  const auto& times = grouping_.times();
  const auto& blocks = columns_.blocks();
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    const auto& span = (*block)->placed_span;
    const bool is_older = std::ranges::all_of(customers, [&](GroupIndex customer) {
      return !is_wanted[customer] || last_order_at_[customer] >= span.last;
    });
    if (is_older || !span.meets(times.begin(), times.end())) continue;
    for (std::uint32_t row = 0; row < (*block)->rows(); ++row) {
      const auto customer = (*block)->customer[row];
      const auto at = (*block)->placed_at[row];
      if (is_wanted[customer] && times(at) != TimeGroups::outside)
        last_order_at_[customer] = std::max(last_order_at_[customer], at);
    }
  }
}

}  // namespace cloudcart::analytics
