#include "analytics/columns/scan.h"

#include <algorithm>
#include <limits>

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
      by_customer_alone_(query.axes.size() == 1 && query.axes[0].dimension == Dimension::customer) {}

void Scan::make_room(std::size_t groups) {
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
  if (groups_.size() > placed_.size()) make_room(std::max<std::size_t>(1024, 2 * placed_.size()));
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

template <class Add>
std::optional<Counted> Scan::for_each_group(const Block& block, std::uint32_t row, std::int64_t at,
                                            const Counted& whole, Block::Lines lines, Add add) {
  const auto time = grouping_.times()(at);
  if (time == TimeGroups::outside || !grouping_.takes(block.status[row])) return std::nullopt;
  if (grouping_.selects_customers() && !grouping_.takes_customer(block.customer[row])) return std::nullopt;
  const auto group = grouping_.group_of(time, block.customer[row], block.status[row]);
  if (!grouping_.by_line()) {
    add(index_of(group), whole, true);
    return whole;
  }
  std::optional<Counted> matching;
  ++sale_;
  for (auto line = lines.begin; line < lines.begin + lines.count; ++line) {
    const auto item = block.item[line];
    if (!grouping_.takes_item(item)) continue;
    const auto index = index_of(group + grouping_.part_of_item(item));
    // Where each line of an order is in a group of its own there is nothing to remember.
    const bool is_first =
        grouping_.line_has_own_group() || std::exchange(counted_for_[index], sale_) != sale_;
    const Counted counted{block.quantity[line], block.line_amount[line], is_first ? whole.orders : 0, 1};
    add(index, counted, is_first);
    if (!matching) matching.emplace(Counted{.orders = whole.orders, .flows = 1});
    matching->units += counted.units;
    matching->amount += counted.amount;
  }
  return matching;
}

void Scan::scan_placed(const Block& block) {
  const auto& times = grouping_.times();
  if (!block.placed_span.meets(times.begin(), times.end())) return;
  for (std::uint32_t row = 0; row < block.rows(); ++row) {
    const auto at = block.placed_at[row];
    const auto customer = block.customer[row];
    const bool counts_customer = query_.customers && customer != no_customer;
    const auto matching =
        for_each_group(block, row, at, {block.units[row], block.amount[row], 1, 1}, block.lines[row],
                       [&](GroupIndex group, const Counted& sale, bool is_new) {
                         placed_[group].add(sale);
                         if (by_customer_alone_) last_order_at_[group] = std::max(last_order_at_[group], at);
                         if (!counts_customer || !is_new) return;
                         distinct_->add(group, customer);
                         new_customers_[group] += is_first_order(block, row);
                       });
    if (!matching) continue;
    in_all_.placed.add(*matching);
    if (!counts_customer) continue;
    distinct_in_all_->add(0, customer);
    total_.new_customers += is_first_order(block, row);
  }
}

/// No customer is counted or selected, and groups are told by their number: what most questions are like.
bool Scan::is_plain() const {
  // Whose latest order is wanted must be seen with the lines that match.
  const bool sees_lines = by_customer_alone_ && grouping_.by_line();
  return is_dense_ && !query_.customers && !sees_lines && !grouping_.selects_customers() &&
         grouping_.takes_every_status();
}

/// scan_placed() without what is_plain() rules out: a few instructions a line.
void Scan::scan_placed_plainly(const Block& block) {
  const auto& times = grouping_.times();
  if (!block.placed_span.meets(times.begin(), times.end())) return;
  auto* const groups = placed_.data();
  const bool by_line = grouping_.by_line();
  const bool selects_items = grouping_.selects_items();
  const bool has_own_group = grouping_.line_has_own_group();
  Counted all;
  for (std::uint32_t row = 0; row < block.rows(); ++row) {
    const auto time = times(block.placed_at[row]);
    if (time == TimeGroups::outside) continue;
    const auto group = grouping_.group_of(time, block.customer[row], block.status[row]);
    if (!by_line) {
      const Counted sale{block.units[row], block.amount[row], 1, 1};
      groups[group].add(sale);
      all.add(sale);
      continue;
    }
    ++sale_;
    std::uint32_t matches = 0;
    const auto [begin, count] = block.lines[row];
    for (auto line = begin; line < begin + count; ++line) {
      const auto item = block.item[line];
      if (selects_items && !grouping_.takes_item(item)) continue;
      const auto index = group + grouping_.part_of_item(item);
      const bool is_first = has_own_group || std::exchange(counted_for_[index], sale_) != sale_;
      const Counted sale{block.quantity[line], block.line_amount[line], is_first, 1};
      groups[index].add(sale);
      all.units += sale.units;
      all.amount += sale.amount;
      matches = 1;
    }
    all.orders += matches;
  }
  in_all_.placed.add(all);
}

void Scan::scan_given_back(const Block& block) {
  const auto& times = grouping_.times();
  if (!block.given_back_span.meets(times.begin(), times.end())) return;
  for (const auto& back : block.given_back) {
    const auto matching =
        for_each_group(block, back.row, back.at, {back.units, back.amount, back.whole_order, 1}, back.lines,
                       [&](GroupIndex group, const Counted& sale, bool) { given_back_[group].add(sale); });
    if (matching) in_all_.given_back.add(*matching);
  }
}

void Scan::scan_passages(const Block& block, const std::vector<Block::Passage>& passages,
                         std::vector<Passages>& groups, Passages& total) {
  for (const auto& [row, at] : passages) {
    const auto took = floor_seconds(at - block.placed_at[row]);
    const auto matching = for_each_group(block, row, at, {0, 0, 1, 1}, block.lines[row],
                                         [&](GroupIndex group, const Counted&, bool is_new) {
                                           groups[group].orders += is_new;
                                           groups[group].seconds += is_new ? took : 0;
                                         });
    if (!matching) continue;
    ++total.orders;
    total.seconds += took;
  }
}

void Scan::scan_blocks() {
  if (is_dense_) make_room(grouping_.size());
  if (query_.customers) {
    distinct_.emplace(is_dense_ ? grouping_.size() : max_groups, columns_.customers().size());
    distinct_in_all_.emplace(1, columns_.customers().size());
  }
  const auto begin = grouping_.times().begin(), end = grouping_.times().end();
  const bool plain = is_plain();
  Passages shipped, delivered;
  for (const auto& block : columns_.blocks()) {
    plain ? scan_placed_plainly(*block) : scan_placed(*block);
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
  const auto [active, repeat] = distinct_->of(index);
  figures.active_customers = active;
  figures.repeat_customers = repeat;
  return figures;
}

/// Whether anything happened in the group that the query asks for.
bool Scan::counts(GroupIndex index) const {
  if (!rolled_up_.empty())
    return query_.only_placed ? rolled_up_[index].placed_orders > 0 : rolled_up_[index] != SalesFigures{};
  if (placed_[index].orders > 0) return true;
  if (query_.only_placed) return false;
  return given_back_[index].flows > 0 ||
         (query_.passages && shipped_[index].orders + delivered_[index].orders > 0);
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
  auto places = most_promising(keys, terms, candidates.size());
  const auto kept = places.begin() + static_cast<std::ptrdiff_t>(std::min(query_.limit, places.size()));
  std::partial_sort(places.begin(), kept, places.end(), before);
  std::vector<GroupIndex> sorted;
  for (auto place = places.begin(); place != kept; ++place) sorted.push_back(candidates[*place]);
  return sorted;
}

/// The places of those whose first key is among the least `limit`, ties included: no other can be shown.
std::vector<std::size_t> Scan::most_promising(const std::vector<std::int64_t>& keys, std::size_t terms,
                                              std::size_t candidates) const {
  std::vector<std::size_t> places;
  auto most = std::numeric_limits<std::int64_t>::max();
  if (terms > 0 && std::holds_alternative<Metric>(query_.sort[0].by) && query_.limit < candidates) {
    std::vector<std::int64_t> first(candidates);
    for (std::size_t place = 0; place < candidates; ++place) first[place] = keys[place * terms];
    const auto nth = first.begin() + static_cast<std::ptrdiff_t>(query_.limit) - 1;
    std::ranges::nth_element(first, nth);
    most = *nth;
  }
  for (std::size_t place = 0; place < candidates; ++place)
    if (terms == 0 || keys[place * terms] <= most) places.push_back(place);
  return places;
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
  const bool by_complement = knows_all_time() && is_complement_shorter();
  if (rollups_suffice()) {
    add_rollups();
  } else if (by_complement) {
    auto others = query_;
    others.moments = complement_of(query_.moments);
    Scan complement(columns_, others);
    complement.scan_blocks();
    take_complement_away(complement);
  } else {
    scan_blocks();
  }
  if (too_many_) return fail(too_many_groups());
  finish_total();
  CubeAnswer answer{.total = total_};
  const auto known = !rolled_up_.empty() ? rolled_up_.size() : is_dense_ ? placed_.size() : groups_.size();
  std::vector<GroupIndex> candidates;
  for (GroupIndex index = 0; index < known; ++index)
    if (counts(index)) candidates.push_back(index);
  answer.groups = candidates.size();
  const auto shown = ranked(std::move(candidates));
  if (by_customer_alone_ && is_plain()) find_last_orders(shown);
  for (const auto index : shown) answer.rows.push_back(row_of(index));
  return answer;
}

void Scan::finish_total() {
  if (rolled_up_.empty()) {
    const auto& [placed, given_back] = in_all_;
    total_.placed_orders = placed.orders;
    total_.placed_units = placed.units;
    total_.gross = Money{placed.amount};
    total_.cancelled_orders = given_back.orders;
    total_.cancelled_units = given_back.units;
    total_.cancelled = Money{given_back.amount};
  }
  if (!query_.customers || buyers_are_rolled_up_) return;
  const auto [active, repeat] = distinct_in_all_->of(0);
  total_.active_customers = active;
  total_.repeat_customers = repeat;
}

}  // namespace cloudcart::analytics
