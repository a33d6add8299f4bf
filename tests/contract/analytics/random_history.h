#pragma once

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "analytics/ports/analytics_store.h"
#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::test {

using Random = std::mt19937;

/// 0 … most.
inline std::uint32_t up_to(Random& random, std::uint32_t most) {
  return std::uniform_int_distribution<std::uint32_t>(0, most)(random);
}

/// From the week of a clock change in spring, or in autumn.
inline Timestamp random_time(Random& random) {
  const auto start = random() % 2 ? at("2026-03-27T00:00:00.000Z") : at("2026-10-23T00:00:00.000Z");
  return start + milliseconds{up_to(random, 5 * 86'400'000)};
}

inline std::vector<events::OrderEvent> random_life(Random& random, std::uint32_t order) {
  std::vector<test::Item> items;
  for (std::uint32_t line = 0; line <= up_to(random, 3); ++line)
    items.push_back({1 + up_to(random, 12), 1 + up_to(random, 4), up_to(random, 3) * 250});
  const SaleEvents sale(order, up_to(random, 9), items);
  auto time = random_time(random);
  if (up_to(random, 9) == 0) return {sale.credit_note(time)};
  std::vector life{sale.placed(time, random() % 3 ? OrderStatus::pending : OrderStatus::delivered)};
  const auto later = [&] { return time += milliseconds{up_to(random, 86'400'000)}; };
  std::int64_t version = 1;
  for (const auto status : {OrderStatus::confirmed, OrderStatus::processing}) {
    if (random() % 2) life.push_back(sale.moved(++version, status, later()));
  }
  if (random() % 3 == 0) {
    life.push_back(sale.cancelled(++version, later()));
  } else if (random() % 2) {
    life.push_back(sale.moved(++version, OrderStatus::shipped, later()));
    if (random() % 2) life.push_back(sale.moved(++version, OrderStatus::delivered, later()));
  }
  return life;
}

inline std::vector<events::OrderEvent> random_history(Random& random) {
  std::vector<events::OrderEvent> history;
  for (std::uint32_t order = 1; order <= 60; ++order) {
    for (auto& event : random_life(random, order)) {
      for (auto& line : event.lines) {
        line.product_name += " v" + std::to_string(up_to(random, 2));
        // Some products have moved from one category to another.
        line.category_name = "Category " + std::to_string((line.product_id.value.bytes[15] + order / 40) % 4);
      }
      history.push_back(std::move(event));
    }
  }
  return history;
}

/// Every event once, some again, in any order, in batches of any size.
inline void deliver(analytics::AnalyticsStore& store, std::vector<events::OrderEvent> history,
                    Random& random) {
  const auto once = history.size();
  for (std::size_t i = 0; i < once / 2; ++i) history.push_back(history[random() % once]);
  std::ranges::shuffle(history, random);
  auto records = logged(std::move(history));
  for (std::size_t from = 0; from < records.size();) {
    const auto size = std::min<std::size_t>(1 + random() % 30, records.size() - from);
    const std::vector<events::LogRecord> batch(records.begin() + static_cast<std::ptrdiff_t>(from),
                                               records.begin() + static_cast<std::ptrdiff_t>(from + size));
    ASSERT_TRUE(sync_wait(store.apply(batch, Deadline::max())));
    if (random() % 4 == 0) ASSERT_TRUE(sync_wait(store.apply(batch, Deadline::max())));
    from += size;
  }
}

}  // namespace cloudcart::test
