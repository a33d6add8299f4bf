#include "analytics/columns/scan.h"

#include <algorithm>
#include <numeric>

namespace cloudcart::analytics {
namespace {

constexpr std::uint64_t most_dense = 1 << 18;

std::int64_t floor_seconds(std::int64_t ms) {
  return ms / 1000 - (ms % 1000 < 0);
}

}  // namespace

Scan::Scan(const ShopColumns& columns, const CubeQuery& query)
    : columns_(columns),
      query_(query),
      grouping_(columns, query),
      is_dense_(grouping_.size() <= most_dense),
      by_customer_alone_(query.axes.size() == 1 && query.axes[0].dimension == Dimension::customer),
      distinct_(is_dense_ ? grouping_.size() : most_dense, query.customers ? columns.customers().size() : 0),
      distinct_in_all_(1, query.customers ? columns.customers().size() : 0) {
  if (is_dense_) make_room(grouping_.size());
}

void Scan::make_room(std::size_t groups) {
  touched_.resize(groups);
  placed_.resize(groups);
  given_back_.resize(groups);
  if (query_.customers) new_customers_.resize(groups);
  if (query_.passages) {
    shipped_.resize(groups);
    delivered_.resize(groups);
  }
  if (by_customer_alone_) last_order_at_.resize(groups, Block::never);
  if (grouping_.by_line()) counted_for_.resize(groups);
}

Scan::GroupIndex Scan::index_of(std::uint64_t group) {
  if (is_dense_) return static_cast<GroupIndex>(group);
  const auto [known, is_new] = index_.try_emplace(group, static_cast<GroupIndex>(groups_.size()));
  if (!is_new) return known->second;
  groups_.push_back(group);
  if (groups_.size() > max_groups) too_many_ = true;
  if (groups_.size() > touched_.size()) make_room(std::max<std::size_t>(1024, 2 * touched_.size()));
  return known->second;
}

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
  touched_.resize(rolled_up_.size());
  for (const auto& [begin, end, group] : grouping_.times().stretches())
    columns_.quarters().add_to(rolled_up_[group], begin, end);
  for (std::size_t group = 0; group < rolled_up_.size(); ++group) {
    keep_wanted(rolled_up_[group], query_);
    touched_[group] = rolled_up_[group] != SalesFigures{};
    total_.add_flows(rolled_up_[group]);
  }
  if (!query_.customers) return;
  if (!whole_days()) {
    for (const auto& block : columns_.blocks()) scan_placed(*block, true);
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

template <class Add>
std::optional<Scan::Sums> Scan::for_each_group(const Block& block, std::uint32_t row, std::int64_t at,
                                               const Sums& whole, Block::Lines lines, Add add) {
  const auto time = grouping_.times()(at);
  if (time == TimeGroups::outside) return std::nullopt;
  const auto customer = block.customer[row];
  const auto status = block.status[row];
  if (!grouping_.takes(status) || !grouping_.takes_customer(customer)) return std::nullopt;
  const auto group = grouping_.group_of(time, customer, status);
  if (!grouping_.by_line()) {
    add(index_of(group), whole.units, whole.amount, true);
    return whole;
  }
  std::optional<Sums> matching;
  ++sale_;
  for (auto line = lines.begin; line < lines.begin + lines.count; ++line) {
    const auto item = block.item[line];
    if (!grouping_.takes_item(item)) continue;
    const auto index = index_of(group + grouping_.part_of_item(item));
    const bool is_first = std::exchange(counted_for_[index], sale_) != sale_;
    add(index, block.quantity[line], block.line_amount[line], is_first);
    if (!matching) matching.emplace();
    matching->units += block.quantity[line];
    matching->amount += block.line_amount[line];
  }
  return matching;
}

void Scan::scan_placed(const Block& block, bool only_customers) {
  const auto& times = grouping_.times();
  if (!block.placed_span.meets(times.begin(), times.end())) return;
  for (std::uint32_t row = 0; row < block.rows(); ++row) {
    const auto at = block.placed_at[row];
    const auto customer = block.customer[row];
    const bool counts_customer = query_.customers && customer != no_customer;
    const auto is_first = [&] {
      return counts_customer && columns_.customers()[customer].first_order == block.first_number + row;
    };
    const auto matching =
        for_each_group(block, row, at, {1, block.units[row], block.amount[row]}, block.lines[row],
                       [&](GroupIndex group, std::int64_t units, std::int64_t amount, bool is_new) {
                         if (counts_customer && is_new) distinct_.add(group, customer);
                         if (only_customers) return;
                         touched_[group] = 1;
                         auto& sums = placed_[group];
                         sums.orders += is_new;
                         sums.units += units;
                         sums.amount += amount;
                         if (query_.customers && is_new) new_customers_[group] += is_first();
                         if (by_customer_alone_) last_order_at_[group] = std::max(last_order_at_[group], at);
                       });
    if (!matching) continue;
    if (counts_customer) distinct_in_all_.add(0, customer);
    if (only_customers) continue;
    ++total_.placed_orders;
    total_.placed_units += matching->units;
    total_.gross = sum(total_.gross, Money{matching->amount});
    total_.new_customers += is_first();
  }
}

void Scan::scan_given_back(const Block& block) {
  const auto& times = grouping_.times();
  if (!block.given_back_span.meets(times.begin(), times.end())) return;
  for (const auto& back : block.given_back) {
    const auto matching =
        for_each_group(block, back.row, back.at, {back.whole_order, back.units, back.amount}, back.lines,
                       [&](GroupIndex group, std::int64_t units, std::int64_t amount, bool is_new) {
                         touched_[group] = 1;
                         auto& sums = given_back_[group];
                         sums.orders += is_new && back.whole_order;
                         sums.units += units;
                         sums.amount += amount;
                       });
    if (!matching) continue;
    total_.cancelled_orders += back.whole_order;
    total_.cancelled_units += matching->units;
    total_.cancelled = sum(total_.cancelled, Money{matching->amount});
  }
}

void Scan::scan_passages(const Block& block, const std::vector<Block::Passage>& passages,
                         std::vector<Passages>& groups, Passages& total) {
  for (const auto& [row, at] : passages) {
    const auto took = floor_seconds(at - block.placed_at[row]);
    const auto matching = for_each_group(block, row, at, {1, 0, 0}, block.lines[row],
                                         [&](GroupIndex group, std::int64_t, std::int64_t, bool is_new) {
                                           touched_[group] = 1;
                                           groups[group].orders += is_new;
                                           groups[group].seconds += is_new ? took : 0;
                                         });
    if (!matching) continue;
    ++total.orders;
    total.seconds += took;
  }
}

void Scan::scan_blocks() {
  const auto begin = grouping_.times().begin(), end = grouping_.times().end();
  Passages shipped, delivered;
  for (const auto& block : columns_.blocks()) {
    scan_placed(*block, false);
    scan_given_back(*block);
    if (query_.passages && block->shipped_span.meets(begin, end))
      scan_passages(*block, block->shipped, shipped_, shipped);
    if (query_.passages && block->delivered_span.meets(begin, end))
      scan_passages(*block, block->delivered, delivered_, delivered);
    if (too_many_) return;
  }
  total_.shipped_orders = shipped.orders;
  total_.shipping_seconds = shipped.seconds;
  total_.delivered_orders = delivered.orders;
  total_.delivering_seconds = delivered.seconds;
}

SalesFigures Scan::figures_of(GroupIndex index) const {
  SalesFigures figures;
  if (!rolled_up_.empty()) {
    figures = rolled_up_[index];
  } else {
    const auto& placed = placed_[index];
    const auto& given_back = given_back_[index];
    figures = {.placed_orders = placed.orders,
               .placed_units = placed.units,
               .gross = Money{placed.amount},
               .cancelled_orders = given_back.orders,
               .cancelled_units = given_back.units,
               .cancelled = Money{given_back.amount}};
    if (query_.customers) figures.new_customers = new_customers_[index];
    if (query_.passages) {
      figures.shipped_orders = shipped_[index].orders;
      figures.shipping_seconds = shipped_[index].seconds;
      figures.delivered_orders = delivered_[index].orders;
      figures.delivering_seconds = delivered_[index].seconds;
    }
  }
  if (!query_.customers || buyers_are_rolled_up_) return figures;
  const auto [active, repeat] = distinct_.of(index);
  figures.active_customers = active;
  figures.repeat_customers = repeat;
  return figures;
}

bool Scan::counts(GroupIndex index) const {
  if (!touched_[index]) return false;
  if (!query_.only_placed) return true;
  return rolled_up_.empty() ? placed_[index].orders > 0 : rolled_up_[index].placed_orders > 0;
}

/// The first of `candidates` by the query's terms, sorted. The terms' values are worked out once for each.
std::vector<Scan::GroupIndex> Scan::ranked(std::vector<GroupIndex> candidates) const {
  const auto terms = query_.sort.size();
  std::vector<std::int64_t> keys(candidates.size() * terms);
  for (std::size_t i = 0; i < candidates.size() && terms > 0; ++i) {
    const auto figures = figures_of(candidates[i]);
    for (std::size_t term = 0; term < terms; ++term)
      if (const auto* metric = std::get_if<Metric>(&query_.sort[term].by))
        keys[i * terms + term] = sort_key(*metric, figures, query_.sort[term].descending);
  }
  const auto before = [&](std::size_t a, std::size_t b) {
    for (std::size_t term = 0; term < terms; ++term) {
      const auto left = keys[a * terms + term], right = keys[b * terms + term];
      if (left != right) return left < right;
      if (const auto* axis = std::get_if<std::size_t>(&query_.sort[term].by)) {
        const auto order = grouping_.member(group_at(candidates[a]), *axis) <=>
                           grouping_.member(group_at(candidates[b]), *axis);
        if (order != 0) return (order < 0) != query_.sort[term].descending;
      }
    }
    for (std::size_t axis = 0; axis < query_.axes.size(); ++axis) {
      const auto order =
          grouping_.member(group_at(candidates[a]), axis) <=> grouping_.member(group_at(candidates[b]), axis);
      if (order != 0) return order < 0;
    }
    return false;
  };
  std::vector<std::size_t> places(candidates.size());
  std::iota(places.begin(), places.end(), 0);
  const auto kept = places.begin() + static_cast<std::ptrdiff_t>(std::min(query_.limit, places.size()));
  std::partial_sort(places.begin(), kept, places.end(), before);
  std::vector<GroupIndex> sorted;
  for (auto place = places.begin(); place != kept; ++place) sorted.push_back(candidates[*place]);
  return sorted;
}

CubeRow Scan::row_of(GroupIndex index) const {
  CubeRow row;
  for (std::size_t axis = 0; axis < query_.axes.size(); ++axis) {
    row.members.push_back(grouping_.member(group_at(index), axis));
    row.names.push_back(grouping_.name(group_at(index), axis));
  }
  row.figures = figures_of(index);
  if (by_customer_alone_ && last_order_at_[index] != Block::never)
    row.last_order_at = from_unix_ms(last_order_at_[index]);
  return row;
}

Result<CubeAnswer> Scan::run() {
  if (rollups_suffice()) {
    add_rollups();
  } else {
    scan_blocks();
  }
  if (too_many_) return fail(too_many_groups());
  if (query_.customers && !buyers_are_rolled_up_) {
    const auto [active, repeat] = distinct_in_all_.of(0);
    total_.active_customers = active;
    total_.repeat_customers = repeat;
  }
  CubeAnswer answer{.total = total_};
  const auto known = is_dense_ ? touched_.size() : groups_.size();
  std::vector<GroupIndex> candidates;
  for (GroupIndex index = 0; index < known; ++index)
    if (counts(index)) candidates.push_back(index);
  answer.groups = candidates.size();
  for (const auto index : ranked(std::move(candidates))) answer.rows.push_back(row_of(index));
  return answer;
}

}  // namespace cloudcart::analytics
