// Random histories of orders, delivered in any order, more than once and in batches of any size, come to the
// same figures in every store, and to a plain sum of what happened.
#include <random>

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "runtime/executor.h"
#include "sqlite_analytics.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::logged;
using test::SaleEvents;
using Random = std::mt19937;

std::uint32_t up_to(Random& random, std::uint32_t most) {
  return std::uniform_int_distribution<std::uint32_t>(0, most)(random);
}

/// From the week of a clock change in spring, or in autumn.
Timestamp random_time(Random& random) {
  const auto start = random() % 2 ? at("2026-03-27T00:00:00.000Z") : at("2026-10-23T00:00:00.000Z");
  return start + milliseconds{up_to(random, 5 * 86'400'000)};
}

std::vector<events::OrderEvent> random_life(Random& random, std::uint32_t order) {
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
  if (random() % 3 == 0) life.push_back(sale.cancelled(++version, later()));
  return life;
}

std::vector<events::OrderEvent> random_history(Random& random) {
  std::vector<events::OrderEvent> history;
  for (std::uint32_t order = 1; order <= 60; ++order) {
    for (auto& event : random_life(random, order)) {
      for (auto& line : event.lines) line.product_name += " v" + std::to_string(up_to(random, 2));
      history.push_back(std::move(event));
    }
  }
  return history;
}

/// Every event once, some again, in any order, in batches of any size.
void deliver(AnalyticsStore& store, std::vector<events::OrderEvent> history, Random& random) {
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

ReportRequest random_request(Random& random) {
  constexpr std::array zones{"Europe/London", "UTC", "America/St_Johns", "Asia/Kathmandu",
                             "Australia/Lord_Howe"};
  const auto zone = TimeZone::load(zones[random() % zones.size()]).value();
  const auto from = zone.date_of(random_time(random));
  const DateRange dates{from, add_days(from, static_cast<int>(up_to(random, 6)))};
  const Period period{dates, zone};
  ReportRequest request{.range = period.range(),
                        .days = day_bounds(dates, zone),
                        .previous_days = day_bounds(period.previous(), zone),
                        .top_products = 1 + up_to(random, 14),
                        .top_customers = 1 + up_to(random, 9),
                        .statuses = true,
                        .recent_orders = 10};
  return request;
}

/// Added up straight from the events.
SalesFigures plain_sum(const std::vector<events::OrderEvent>& history, const TimeRange& range) {
  SalesFigures total;
  for (const auto& event : history) {
    if (!range.contains(event.timestamp)) continue;
    std::int64_t units = 0;
    for (const auto& line : event.lines) units += line.quantity;
    if (event.type == "order.created") {
      ++total.placed_orders;
      total.placed_units += units;
      total.gross = total.gross.plus(event.total).value();
    } else if (event.type == "order.cancelled") {
      total.cancelled_orders += event.kind == OrderKind::sale ? 1 : 0;
      total.cancelled_units += units;
      total.cancelled = total.cancelled.plus(event.total).value();
    }
  }
  return total;
}

Report ask(AnalyticsStore& store, const ReportRequest& request) {
  auto report = sync_wait(store.report(TenantId{}, request, Deadline::max())).value();
  report.progress.position = 0;  // of how many deliveries it took
  return report;
}

/// Without what the plain sum does not know.
SalesFigures flows_of(SalesFigures figures) {
  figures.active_customers = figures.new_customers = 0;
  return figures;
}

void check_seed(std::uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const auto history = random_history(random);
  SqliteAnalytics sqlite;
  MemoryAnalyticsStore memory;
  deliver(sqlite.store, history, random);
  deliver(memory, history, random);
  for (int round = 0; round < 25; ++round) {
    const auto request = random_request(random);
    const auto report = ask(sqlite.store, request);
    EXPECT_EQ(report, ask(memory, request));
    EXPECT_EQ(flows_of(report.sales.total), plain_sum(history, *request.range));
  }
  const ReportRequest all_time{.top_products = 20, .statuses = true, .recent_orders = 100};
  EXPECT_EQ(ask(sqlite.store, all_time), ask(memory, all_time));
  const auto totals = sync_wait(sqlite.store.totals(TenantId{}, Deadline::max())).value();
  const auto expected = sync_wait(memory.totals(TenantId{}, Deadline::max())).value();
  EXPECT_EQ(totals.by_utc_day, expected.by_utc_day);
  EXPECT_EQ(flows_of(totals.all), plain_sum(history, {Timestamp::min(), Timestamp::max()}));
}

TEST(OrderHistoryTest, AnyArrivalOrderAndRepetitionGivesThePlainSum) {
  for (std::uint32_t seed = 1; seed <= 40 && !testing::Test::HasFailure(); ++seed) check_seed(seed);
}

}  // namespace
}  // namespace cloudcart::analytics
