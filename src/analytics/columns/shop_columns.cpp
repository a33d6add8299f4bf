#include "analytics/columns/shop_columns.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <tuple>

#include "analytics/columns/relations.h"
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
  all_time_.add_placed(sale, items_);
  auto& customer = customers_[change.customer];
  customer.sales.placed.add({sale.units, sale.amount, 1, 1});
  if (change.customer == no_customer) return;
  buyers_.add(at, change.customer);
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
  const bool whole_order = change.kind == OrderKind::sale;
  all_time_.add_given_back(sale, items_, whole_order);
  customers_[change.customer].sales.given_back.add({sale.units, sale.amount, whole_order, 1});
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
  const auto number = items_.find(product);
  if (!number || all_time_.by_product().size() <= *number ||
      all_time_.by_product()[*number].placed.flows == 0)
    return std::nullopt;
  return find_companions(*this, *number, range, limit);
}

std::vector<Cohort> ShopColumns::cohorts(const TimeAxis& months) const {
  return count_cohorts(*this, months);
}

std::vector<CustomerProfile> ShopColumns::customer_profiles() const {
  std::vector<CustomerProfile> profiles;
  profiles.reserve(customers_.size());
  for (const auto& customer : std::span(customers_).subspan(no_customer + 1)) {
    const auto& [placed, given_back] = customer.sales;
    if (placed.orders > 0)
      profiles.push_back({customer.user, placed.orders, Money{placed.amount - given_back.amount},
                          from_unix_ms(customer.first_order_at), from_unix_ms(customer.last_order_at)});
  }
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
