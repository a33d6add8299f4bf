#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "support/order_history.h"

namespace cloudcart::test {

using History = std::vector<events::OrderEvent>;

struct RandomShop {
  std::uint32_t orders = 300;
  std::uint32_t products = 40;
  std::uint32_t users = 15;
  std::uint32_t orders_per_day = 4;
};

inline std::vector<Bought> random_lines(std::mt19937& random, std::uint32_t products) {
  std::vector<Bought> lines(1 + random() % 8);
  // The smaller of two draws: some products sell more than others, so that scores are seldom equal.
  for (auto& line : lines)
    line = {static_cast<std::uint32_t>(std::min(random() % products, random() % products)),
            static_cast<std::int64_t>(1 + random() % 5)};
  return lines;
}

/// Orders of a shop over time, of which a quarter is cancelled, and credit notes. Products, customers and orders are
/// numbered from 0, 0 and 1.
inline History random_history(std::mt19937& random, RandomShop shop = {}) {
  History history;
  for (std::uint32_t number = 1; number <= shop.orders; ++number) {
    const auto day = static_cast<int>(number / shop.orders_per_day + random() % 3);
    const std::uint32_t user = random() % shop.users;
    const auto lines = random_lines(random, shop.products);
    const auto since_midnight = std::chrono::seconds{random() % 86'400};
    if (random() % 12 == 0) {
      history.push_back(credit_note(number, user, lines, day));
      continue;
    }
    auto order = bought(number, user, lines, day);
    order.timestamp += since_midnight;
    history.push_back(order);
    if (random() % 4 == 0) history.push_back(cancellation_of(order));
  }
  return history;
}

/// In any order, and a third of it twice.
inline History shuffled_with_repeats(History history, std::mt19937& random) {
  const auto once = history.size();
  for (std::size_t i = 0; i < once; ++i)
    if (random() % 3 == 0) history.push_back(history[i]);
  std::ranges::shuffle(history, random);
  return history;
}

/// That of the orders, and none of the credit notes, all is taken back.
inline History cancellations_of(const History& history) {
  History answer;
  for (const auto& event : history)
    if (event.is_created()) answer.push_back(cancellation_of(event));
  return answer;
}

}  // namespace cloudcart::test
