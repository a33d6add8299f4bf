// Random histories of orders, delivered in any order, more than once and in batches of any size, come to the
// same figures in every store, and to a plain sum of what happened.
#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "analytics/domain/report_queries.h"
#include "random_history.h"
#include "runtime/executor.h"
#include "sqlite_analytics.h"

namespace cloudcart::analytics {
namespace {

using test::deliver;
using test::Random;
using test::random_history;
using test::random_time;
using test::up_to;

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

Report ask(SalesCube& cube, const ReportRequest& request) {
  auto report =
      report_from(request, sync_wait(cube.ask(TenantId{}, questions_of(request), Deadline::max())).value());
  report.progress.position = 0;  // of how many deliveries it took
  return report;
}

/// Without what the plain sum does not know.
SalesFigures flows_of(SalesFigures figures) {
  figures.active_customers = figures.new_customers = figures.repeat_customers = 0;
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
    const auto plain = ask(memory, request);
    EXPECT_EQ(report.sales, plain.sales);
    EXPECT_EQ(report.previous_sales, plain.previous_sales);
    EXPECT_EQ(report.products, plain.products);
    EXPECT_EQ(report.customers, plain.customers);
    EXPECT_EQ(report.statuses, plain.statuses);
    EXPECT_EQ(report.recent_orders, plain.recent_orders);
    EXPECT_EQ(report.progress, plain.progress);
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
