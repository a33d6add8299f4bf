// How the groups of a scan become rows: figures, sorting, what is shown.
#include <algorithm>
#include <limits>

#include "analytics/columns/scan.h"

namespace cloudcart::analytics {

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
