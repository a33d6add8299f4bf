#include "analytics/columns/shop_columns.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "analytics/columns/scan.h"

namespace cloudcart::analytics {

void ShopColumns::learn_customer(std::uint32_t number, UserId user) {
  if (number < customers_.size()) return;
  if (number > customers_.size()) throw std::logic_error("a customer's number was left out");
  customers_.push_back({.user = user});
}

void ShopColumns::apply(const OrderChange& change) {
  const auto place = change.number / block_size;
  while (place >= blocks_.size())
    blocks_.push_back(std::make_unique<Block>(static_cast<std::uint32_t>(blocks_.size()) * block_size));
  auto& block = *blocks_[place];
  block.apply(change.number % block_size, change);
  if (change.placed) count_placed(change);
  if (change.given_back) count_given_back(change);
  const auto row = change.number % block_size;
  count_passage(block.placed_at[row], change.shipped_at, &SalesFigures::shipped_orders,
                &SalesFigures::shipping_seconds);
  count_passage(block.placed_at[row], change.delivered_at, &SalesFigures::delivered_orders,
                &SalesFigures::delivering_seconds);
}

void ShopColumns::count_placed(const OrderChange& change) {
  const auto& sale = *change.placed;
  const auto at = to_unix_ms(sale.at);
  span_.include(at);
  sales_span_.include(at);
  quarters_.at(at).add_flows({.placed_orders = 1, .placed_units = sale.units, .gross = Money{sale.amount}});
  if (change.customer == no_customer) return;
  buyers_.add(at, change.customer);
  auto& customer = customers_[change.customer];
  ++customer.orders;
  customer.gross += sale.amount;
  customer.last_order_at = std::max(customer.last_order_at, at);
  count_first_order(change);
}

/// A customer is new where the earliest order is; an older order that comes in late takes that over.
void ShopColumns::count_first_order(const OrderChange& change) {
  auto& customer = customers_[change.customer];
  const auto at = to_unix_ms(change.placed->at);
  if (customer.first_order_at != Block::never) {
    if (std::tie(customer.first_order_at, customer.first_order_id) <= std::tie(at, change.order)) return;
    --quarters_.at(customer.first_order_at).new_customers;
  }
  ++quarters_.at(at).new_customers;
  customer.first_order = change.number;
  customer.first_order_id = change.order;
  customer.first_order_at = at;
}

void ShopColumns::count_given_back(const OrderChange& change) {
  const auto& sale = *change.given_back;
  const auto at = to_unix_ms(sale.at);
  span_.include(at);
  sales_span_.include(at);
  quarters_.at(at).add_flows({.cancelled_orders = change.kind == OrderKind::sale,
                              .cancelled_units = sale.units,
                              .cancelled = Money{sale.amount}});
  customers_[change.customer].given_back += sale.amount;
}

void ShopColumns::count_passage(std::int64_t placed_at, std::optional<Timestamp> passed_at,
                                std::int64_t SalesFigures::* orders,
                                std::int64_t SalesFigures::* total_seconds) {
  if (!passed_at) return;
  const auto at = to_unix_ms(*passed_at);
  span_.include(at);
  auto& figures = quarters_.at(at);
  ++(figures.*orders);
  figures.*total_seconds += seconds_between(from_unix_ms(placed_at), *passed_at);
}

Result<CubeAnswer> ShopColumns::ask(const CubeQuery& query) const {
  return Scan(*this, query).run();
}

std::optional<Companions> ShopColumns::companions(ProductId product, TimeRange range,
                                                  std::size_t limit) const {
  const auto asked = items_.find(product);
  if (!asked) return std::nullopt;
  const auto number = *asked;
  const auto& products = items_.products();
  const TimeGroups times({range}, {}, span_);
  Companions companions{.name = products[number].name.second};
  std::vector<std::int64_t> orders(products.size()), together(products.size());
  std::vector<std::uint32_t> held;
  bool was_ordered = false;
  for (const auto& block : blocks_) {
    for (std::uint32_t row = 0; row < block->rows(); ++row) {
      if (block->placed_at[row] == Block::never) continue;
      held.clear();
      const auto [begin, count] = block->lines[row];
      for (auto line = begin; line < begin + count; ++line)
        held.push_back(items_.product_of()[block->item[line]]);
      const bool holds_it = std::ranges::find(held, number) != held.end();
      was_ordered |= holds_it;
      if (times(block->placed_at[row]) == TimeGroups::outside) continue;
      ++companions.all_orders;
      companions.orders += holds_it;
      std::ranges::sort(held);
      held.erase(std::ranges::unique(held).begin(), held.end());
      for (const auto other : held) {
        ++orders[other];
        together[other] += holds_it;
      }
    }
  }
  if (!was_ordered) return std::nullopt;
  together[number] = 0;
  for (std::size_t other = 0; other < products.size(); ++other)
    if (together[other] > 0)
      companions.others.push_back({products[other].id, {}, together[other], orders[other]});
  keep_closest(companions, limit);
  for (auto& other : companions.others) other.name = products[*items_.find(other.product)].name.second;
  return companions;
}

std::vector<Cohort> ShopColumns::cohorts(const TimeAxis& months) const {
  auto cohorts = empty_cohorts(months);
  const TimeGroups times({months.range()}, {&months},
                         {to_unix_ms(months.range().begin), to_unix_ms(months.range().end) - 1});
  /// The month of each customer's first order.
  std::vector<std::uint32_t> joined(customers_.size(), TimeGroups::outside);
  for (std::size_t customer = 1; customer < customers_.size(); ++customer)
    if (customers_[customer].orders > 0) joined[customer] = times(customers_[customer].first_order_at);
  DistinctCustomers seen(months.size, customers_.size());
  for (const auto& block : blocks_) {
    if (!block->placed_span.meets(times.begin(), times.end())) continue;
    for (std::uint32_t row = 0; row < block->rows(); ++row) {
      const auto customer = block->customer[row];
      const auto month = times(block->placed_at[row]);
      if (customer == no_customer || month == TimeGroups::outside || joined[customer] == TimeGroups::outside)
        continue;
      auto& cohort = cohorts[joined[customer]];
      const auto later = month - joined[customer];
      ++cohort.orders[later];
      cohort.gross[later] = sum(cohort.gross[later], Money{block->amount[row]});
      cohort.active[later] += seen.add(month, customer);
    }
  }
  for (auto& cohort : cohorts) cohort.customers = cohort.active[0];
  return cohorts;
}

std::vector<CustomerProfile> ShopColumns::customer_profiles() const {
  std::vector<CustomerProfile> profiles;
  profiles.reserve(customers_.size());
  for (const auto& customer : customers_)
    if (customer.orders > 0)
      profiles.push_back({customer.user, customer.orders, Money{customer.gross - customer.given_back},
                          from_unix_ms(customer.first_order_at), from_unix_ms(customer.last_order_at)});
  std::ranges::sort(profiles, {}, &CustomerProfile::user);
  return profiles;
}

std::optional<Extent> ShopColumns::extent() const {
  if (sales_span_.empty()) return std::nullopt;
  return Extent{from_unix_ms(sales_span_.first), from_unix_ms(sales_span_.last)};
}

std::size_t ShopColumns::bytes() const {
  std::size_t bytes = customers_.capacity() * sizeof(CustomerTotals);
  for (const auto& block : blocks_) bytes += block->bytes();
  return bytes;
}

}  // namespace cloudcart::analytics
