#include "analytics/columns/grouping.h"

#include <algorithm>
#include <set>

namespace cloudcart::analytics {
namespace {

/// Around all flows, with room for a day of any zone, in whole quarters.
Span reach_of(const Span& flows) {
  if (flows.empty()) return flows;
  constexpr std::int64_t room = 2 * quarters_per_day;
  return {(quarter_of(flows.first) - room) * quarter_hour_ms,
          (quarter_of(flows.last) + room) * quarter_hour_ms - 1};
}

}  // namespace

Grouping::Grouping(const ShopColumns& columns, const CubeQuery& query)
    : columns_(columns), query_(query), times_(query.moments, time_axes(), reach_of(columns.span())) {
  statuses_.fill(true);
  by_line_ = std::ranges::any_of(query.axes, is_of_lines, &Axis::dimension) ||
             std::ranges::any_of(query.selections, is_of_lines, &Selection::dimension);
  by_time_alone_ = query.selections.empty() && std::ranges::all_of(query.axes, is_of_time, &Axis::dimension);
  for (const auto& selection : query.selections) select(selection);
  if (has_axis(Dimension::customer)) customer_radix_ = columns.customers().size();
  if (has_axis(Dimension::status)) status_radix_ = all_order_statuses.size();
  number_items();
  line_has_own_group_ = has_axis(Dimension::product) && columns.items().are_products();
  size_ = times_.size() * customer_radix_ * status_radix_ * item_radix_;
}

bool Grouping::is_in_order() const {
  return by_time_alone_ && query_.axes.size() <= 1 &&
         (query_.axes.empty() || is_time(query_.axes[0].dimension));
}

bool Grouping::has_axis(Dimension dimension) const {
  return std::ranges::find(query_.axes, dimension, &Axis::dimension) != query_.axes.end();
}

std::vector<const TimeAxis*> Grouping::time_axes() const {
  std::vector<const TimeAxis*> axes;
  for (const auto& axis : query_.axes)
    if (is_of_time(axis.dimension)) axes.push_back(&axis.time);
  return axes;
}

void Grouping::select(const Selection& selection) {
  if (is_of_lines(selection.dimension)) return select_items(selection);
  const std::set<Member> listed(selection.members.begin(), selection.members.end());
  const auto takes = [&](const Member& member) { return listed.contains(member) != selection.exclude; };
  if (selection.dimension == Dimension::status) {
    for (const auto status : all_order_statuses) statuses_[static_cast<std::size_t>(status)] &= takes(status);
    return;
  }
  if (customers_.empty()) customers_.assign(columns_.customers().size(), 1);
  customers_[no_customer] &= takes(NoCustomer{});
  for (std::size_t number = 1; number < customers_.size(); ++number)
    customers_[number] &= takes(columns_.customers()[number].user);
}

void Grouping::select_items(const Selection& selection) {
  const auto& items = columns_.items();
  const bool by_product = selection.dimension == Dimension::product;
  const auto& part_of = by_product ? items.product_of() : items.category_of();
  std::vector<std::uint8_t> listed(by_product ? items.products().size() : items.categories().size());
  for (const auto& member : selection.members) {
    const auto part =
        by_product ? items.find(std::get<ProductId>(member)) : items.find(std::get<std::string>(member));
    if (part) listed[*part] = 1;
  }
  if (items_.empty()) items_.assign(items.size(), 1);
  for (std::size_t item = 0; item < items.size(); ++item)
    items_[item] &= (listed[part_of[item]] != 0) != selection.exclude;
}

void Grouping::number_items() {
  const auto& items = columns_.items();
  const bool by_product = has_axis(Dimension::product), by_category = has_axis(Dimension::category);
  if (!by_product && !by_category) return;
  category_radix_ = by_category ? std::max<std::size_t>(items.categories().size(), 1) : 1;
  item_radix_ = category_radix_ * (by_product ? std::max<std::size_t>(items.products().size(), 1) : 1);
  item_parts_.resize(items.size());
  for (std::size_t item = 0; item < items.size(); ++item) {
    const std::uint64_t product = by_product ? items.product_of()[item] : 0;
    const std::uint64_t category = by_category ? items.category_of()[item] : 0;
    item_parts_[item] = product * category_radix_ + category;
  }
}

std::uint32_t Grouping::product_of(std::uint64_t group) const {
  return static_cast<std::uint32_t>(group % item_radix_ / category_radix_);
}

std::uint32_t Grouping::time_member(std::uint64_t group, std::size_t axis) const {
  auto time = group / (item_radix_ * status_radix_ * customer_radix_);
  for (std::size_t later = query_.axes.size() - 1; later > axis; --later)
    if (is_of_time(query_.axes[later].dimension)) time /= query_.axes[later].time.size;
  return static_cast<std::uint32_t>(time % query_.axes[axis].time.size);
}

Member Grouping::member(std::uint64_t group, std::size_t axis) const {
  switch (query_.axes[axis].dimension) {
    case Dimension::product:
      return columns_.items().products()[product_of(group)].id;
    case Dimension::category:
      return columns_.items().categories()[group % category_radix_];
    case Dimension::status:
      return static_cast<OrderStatus>(group / item_radix_ % status_radix_);
    case Dimension::customer: {
      const auto customer = group / (item_radix_ * status_radix_) % customer_radix_;
      return customer == no_customer ? Member{NoCustomer{}} : Member{columns_.customers()[customer].user};
    }
    default:
      return time_member(group, axis);
  }
}

std::string Grouping::name(std::uint64_t group, std::size_t axis) const {
  if (query_.axes[axis].dimension != Dimension::product) return {};
  return columns_.items().products()[product_of(group)].name.second;
}

}  // namespace cloudcart::analytics
