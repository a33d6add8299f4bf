#include "adapters/memory/analytics/flow_counter.h"

#include <algorithm>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

bool passes(const Selection& selection, const Member& member) {
  return (std::ranges::find(selection.members, member) != selection.members.end()) != selection.exclude;
}

Member customer_member(const events::OrderEvent& event) {
  const auto customer = customer_of(event);
  return customer ? Member{*customer} : Member{NoCustomer{}};
}

std::uint32_t group_on(const TimeAxis& axis, Timestamp time) {
  const auto after = std::ranges::upper_bound(axis.bounds, time);
  return axis.groups[static_cast<std::size_t>(after - axis.bounds.begin()) - 1];
}

}  // namespace

FirstOrders first_orders_of(const MemoryAnalyticsStore::ShopFacts& facts) {
  FirstOrders first;
  for (const auto& [id, order] : facts.orders) {
    if (!order.placed || !customer_of(*order.placed)) continue;
    const std::pair candidate{order.placed->timestamp, id};
    auto& known = first.try_emplace(order.placed->user_id, candidate).first->second;
    known = std::min(known, candidate);
  }
  return first;
}

FlowCounter::FlowCounter(const MemoryAnalyticsStore::ShopFacts& facts, const CubeQuery& query)
    : facts_(facts), query_(query), first_orders_(first_orders_of(facts)) {}

bool FlowCounter::is_wanted(Timestamp time) const {
  return std::ranges::any_of(query_.moments, [time](const TimeRange& range) { return range.contains(time); });
}

bool FlowCounter::is_selected(const Member& customer, OrderStatus status) const {
  return std::ranges::all_of(query_.selections, [&](const Selection& selection) {
    if (selection.dimension == Dimension::customer) return passes(selection, customer);
    return selection.dimension != Dimension::status || passes(selection, status);
  });
}

bool FlowCounter::is_selected(const events::EventLine& line) const {
  return std::ranges::all_of(query_.selections, [&](const Selection& selection) {
    if (selection.dimension == Dimension::product) return passes(selection, line.product_id);
    return selection.dimension != Dimension::category || passes(selection, line.category_name);
  });
}

bool FlowCounter::is_by_line(const std::vector<Axis>& axes) const {
  return std::ranges::any_of(axes, is_of_lines, &Axis::dimension) ||
         std::ranges::any_of(query_.selections, is_of_lines, &Selection::dimension);
}

template <class Add>
void FlowCounter::for_each_group(Groups& groups, const std::vector<Axis>& axes, const Order& order,
                                 const events::OrderEvent& event, const events::OrderEvent& lines,
                                 Add add) const {
  const auto customer = customer_member(lines);
  if (!is_wanted(event.timestamp) || !is_selected(customer, order.status)) return;
  const auto key_of = [&](const events::EventLine* line) {
    Key key;
    for (const auto& axis : axes) {
      if (is_of_time(axis.dimension)) key.emplace_back(group_on(axis.time, event.timestamp));
      if (axis.dimension == Dimension::customer) key.push_back(customer);
      if (axis.dimension == Dimension::status) key.emplace_back(order.status);
      if (axis.dimension == Dimension::product) key.emplace_back(line->product_id);
      if (axis.dimension == Dimension::category) key.emplace_back(line->category_name);
    }
    return key;
  };
  if (!is_by_line(axes)) return add(groups[key_of(nullptr)], Part{units_of(lines), lines.total});
  std::map<Key, Part> parts;
  for (const auto& line : lines.lines) {
    if (!is_selected(line)) continue;
    auto& part = parts[key_of(&line)];
    part.units += line.quantity;
    part.amount = sum(part.amount, line.subtotal);
  }
  for (const auto& [key, part] : parts) add(groups[key], part);
}

void FlowCounter::count_order(Groups& groups, const std::vector<Axis>& axes, const Order& order) const {
  if (order.given_back) {
    for_each_group(groups, axes, order, *order.given_back, *order.given_back,
                   [&](Group& group, const Part& part) {
                     auto& figures = group.figures;
                     figures.cancelled_orders += order.given_back->kind == OrderKind::sale;
                     figures.cancelled_units += part.units;
                     figures.cancelled = sum(figures.cancelled, part.amount);
                   });
  }
  if (!order.placed) return;
  const auto& placed = *order.placed;
  for_each_group(groups, axes, order, placed, placed, [&](Group& group, const Part& part) {
    auto& figures = group.figures;
    ++figures.placed_orders;
    figures.placed_units += part.units;
    figures.gross = sum(figures.gross, part.amount);
    group.last_order_at = std::max(group.last_order_at.value_or(placed.timestamp), placed.timestamp);
    if (!customer_of(placed)) return;
    ++group.orders_of[placed.user_id];
    figures.new_customers += first_orders_.at(placed.user_id).second == placed.order_id;
  });
  if (order.shipped && query_.passages) {
    for_each_group(groups, axes, order, *order.shipped, placed, [&](Group& group, const Part&) {
      ++group.figures.shipped_orders;
      group.figures.shipping_seconds += seconds_between(placed.timestamp, order.shipped->timestamp);
    });
  }
  if (order.delivered && query_.passages) {
    for_each_group(groups, axes, order, *order.delivered, placed, [&](Group& group, const Part&) {
      ++group.figures.delivered_orders;
      group.figures.delivering_seconds += seconds_between(placed.timestamp, order.delivered->timestamp);
    });
  }
}

FlowCounter::Groups FlowCounter::count(const std::vector<Axis>& axes) const {
  Groups groups;
  for (const auto& [id, order] : facts_.orders) count_order(groups, axes, order);
  return groups;
}

SalesFigures FlowCounter::figures_of(const Group& group) const {
  auto figures = group.figures;
  figures.active_customers = static_cast<std::int64_t>(group.orders_of.size());
  figures.repeat_customers =
      std::ranges::count_if(group.orders_of, [](const auto& orders) { return orders.second > 1; });
  keep_wanted(figures, query_);
  return figures;
}

CubeAnswer FlowCounter::answer() const {
  CubeAnswer answer;
  const bool by_customer_alone = query_.axes.size() == 1 && query_.axes[0].dimension == Dimension::customer;
  for (const auto& [key, group] : count(query_.axes)) {
    if (query_.only_placed && group.figures.placed_orders == 0) continue;
    CubeRow row{key, {}, figures_of(group), by_customer_alone ? group.last_order_at : std::nullopt};
    for (const auto& member : key) {
      const auto* product = std::get_if<ProductId>(&member);
      row.names.push_back(product ? facts_.names.at(*product).second : "");
    }
    answer.rows.push_back(std::move(row));
  }
  answer.groups = answer.rows.size();
  sort_and_cut(answer.rows, query_);
  for (const auto& [key, group] : count({})) answer.total = figures_of(group);
  return answer;
}

}  // namespace cloudcart::analytics
