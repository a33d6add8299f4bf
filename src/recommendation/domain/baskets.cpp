#include "recommendation/domain/baskets.h"

#include <algorithm>
#include <cmath>

namespace cloudcart::recommendation {

void Baskets::index_by_product(std::size_t product_count) {
  product_starts_.assign(product_count + 1, 0);
  for (const auto product : products_) ++product_starts_[product + 1];
  for (std::size_t p = 1; p < product_starts_.size(); ++p) product_starts_[p] += product_starts_[p - 1];
  baskets_of_.resize(products_.size());
  auto next = product_starts_;
  for (std::uint32_t basket = 0; basket < size(); ++basket)
    for (const auto product : of(basket)) baskets_of_[next[product]++] = basket;
}

namespace {

/// Customers with orders, who bought last first.
std::vector<std::uint32_t> by_last_purchase(const OrderBook& book, std::size_t users) {
  std::vector<std::pair<Timestamp, std::uint32_t>> customers;
  for (std::uint32_t user = 0; user < users; ++user)
    book.for_each_order_of(user, [&](const OrderBook::Order& newest, std::uint32_t) {
      customers.emplace_back(newest.time, user);
      return false;
    });
  std::ranges::sort(customers, std::greater{});
  std::vector<std::uint32_t> answer;
  answer.reserve(customers.size());
  for (const auto& [time, user] : customers) answer.push_back(user);
  return answer;
}

}  // namespace

Baskets customer_baskets(const OrderBook& book, std::size_t users, std::size_t products,
                         CustomerBasketOptions options) {
  Baskets baskets;
  std::vector<std::uint32_t> seen_by(products);  // the customer + 1
  std::size_t pairs = 0;
  for (const auto user : by_last_purchase(book, users)) {
    std::size_t count = 0;
    book.for_each_order_of(user, [&](const OrderBook::Order& order, std::uint32_t) {
      for (const auto& line : book.lines(order)) {
        if (count == options.products) return false;
        if (line.product >= products) continue;
        if (std::exchange(seen_by[line.product], user + 1) == user + 1) continue;
        baskets.add(line.product);
        ++count;
      }
      return true;
    });
    baskets.close(1 / std::sqrt(static_cast<float>(count)));
    pairs += count * count;
    if (pairs >= options.most_pairs) break;
  }
  return baskets;
}

}  // namespace cloudcart::recommendation
