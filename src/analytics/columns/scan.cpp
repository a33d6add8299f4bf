#include "analytics/columns/scan.h"

#include <algorithm>

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

}  // namespace cloudcart::analytics
