#include "analytics/columns/relations.h"

#include <algorithm>

#include "analytics/columns/time_groups.h"

namespace cloudcart::analytics {
namespace {

/// The places in Items that are a product.
std::vector<std::uint8_t> items_of(const Items& items, std::uint32_t product) {
  std::vector<std::uint8_t> is_it(items.size());
  for (std::size_t item = 0; item < items.size(); ++item) is_it[item] = items.product_of()[item] == product;
  return is_it;
}

bool holds(const Block& block, Block::Lines lines, const std::vector<std::uint8_t>& is_it) {
  for (auto line = lines.begin; line < lines.begin + lines.count; ++line)
    if (is_it[block.item[line]]) return true;
  return false;
}

/// Calls `visit(block, lines)` for each order placed within `times`.
template <class Visit>
void for_each_order(const ShopColumns& columns, const TimeGroups& times, Visit visit) {
  for (const auto& block : columns.blocks()) {
    if (!block->placed_span.meets(times.begin(), times.end())) continue;
    for (std::uint32_t row = 0; row < block->rows(); ++row)
      if (times(block->placed_at[row]) != TimeGroups::outside) visit(*block, block->lines[row]);
  }
}

/// Counts an order for each product that it holds.
class OrdersByProduct {
 public:
  explicit OrdersByProduct(const Items& items)
      : items_(items), orders_(items.products().size()), counted_for_(items.products().size()) {}

  void count(const Block& block, Block::Lines lines) {
    ++order_;
    for (auto line = lines.begin; line < lines.begin + lines.count; ++line) {
      const auto product = items_.product_of()[block.item[line]];
      orders_[product] += std::exchange(counted_for_[product], order_) != order_;
    }
  }
  const std::vector<std::int64_t>& orders() const { return orders_; }

 private:
  const Items& items_;
  std::vector<std::int64_t> orders_;
  std::vector<std::uint32_t> counted_for_;
  std::uint32_t order_ = 0;
};

/// Orders of the range that hold each of the companions. Over all time they are known.
void count_alone(const ShopColumns& columns, const TimeGroups& times, bool is_all_time,
                 Companions& companions) {
  const auto& items = columns.items();
  if (is_all_time) {
    for (auto& other : companions.others)
      other.orders = columns.all_time_sales().by_product()[*items.find(other.product)].placed.orders;
    return;
  }
  OrdersByProduct alone(items);
  for_each_order(columns, times, [&](const Block& block, Block::Lines lines) { alone.count(block, lines); });
  for (auto& other : companions.others) other.orders = alone.orders()[*items.find(other.product)];
}

}  // namespace

Companions find_companions(const ShopColumns& columns, std::uint32_t product, TimeRange range,
                           std::size_t limit) {
  const auto& items = columns.items();
  const TimeGroups times({range}, {}, columns.span());
  const auto is_it = items_of(items, product);
  Companions companions{.name = items.products()[product].name.second};
  OrdersByProduct together(items);
  for_each_order(columns, times, [&](const Block& block, Block::Lines lines) {
    ++companions.all_orders;
    if (!holds(block, lines, is_it)) return;
    ++companions.orders;
    together.count(block, lines);
  });
  for (std::uint32_t other = 0; other < together.orders().size(); ++other)
    if (other != product && together.orders()[other] > 0)
      companions.others.push_back({items.products()[other].id, {}, together.orders()[other], 0});
  keep_closest(companions, limit);
  for (auto& other : companions.others) other.name = items.products()[*items.find(other.product)].name.second;
  const bool is_all_time =
      to_unix_ms(range.begin) <= columns.span().first && to_unix_ms(range.end) > columns.span().last;
  count_alone(columns, times, is_all_time, companions);
  return companions;
}

std::vector<Cohort> count_cohorts(const ShopColumns& columns, const TimeAxis& months) {
  /// Of a customer: the month of the first order, and, as bits, in which months after it there were orders.
  struct Seen {
    std::uint32_t joined = TimeGroups::outside;
    std::uint64_t months = 0;
  };
  static_assert(max_cohort_months <= 64);
  auto cohorts = empty_cohorts(months);
  const Span all{to_unix_ms(months.range().begin), to_unix_ms(months.range().end) - 1};
  const TimeGroups times({months.range()}, {&months}, all);
  const auto& customers = columns.customers();
  std::vector<Seen> seen(customers.size());
  for (std::size_t customer = no_customer + 1; customer < customers.size(); ++customer)
    if (customers[customer].sales.placed.orders > 0)
      seen[customer].joined = times(customers[customer].first_order_at);
  for (const auto& block : columns.blocks()) {
    if (!block->placed_span.meets(times.begin(), times.end())) continue;
    for (std::uint32_t row = 0; row < block->rows(); ++row) {
      const auto month = times(block->placed_at[row]);
      auto& customer = seen[block->customer[row]];
      if (month == TimeGroups::outside || customer.joined == TimeGroups::outside) continue;
      auto& cohort = cohorts[customer.joined];
      const auto later = month - customer.joined;
      ++cohort.orders[later];
      cohort.gross[later] = Money{cohort.gross[later].minor_units() + block->amount[row]};
      const auto bit = std::uint64_t{1} << later;
      cohort.active[later] += (customer.months & bit) == 0;
      customer.months |= bit;
    }
  }
  for (auto& cohort : cohorts) cohort.customers = cohort.active[0];
  return cohorts;
}

}  // namespace cloudcart::analytics
