#pragma once

#include <gtest/gtest.h>

#include "analytics/domain/report_queries.h"
#include "analytics/ports/analytics_store.h"
#include "analytics/ports/sales_cube.h"
#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {

using test::at;
using test::id_of;
using test::logged;
using test::SaleEvents;

/// What every AnalyticsStore keeps to. `Fixture` has a member `store`, new and empty.
template <class Fixture>
class AnalyticsStoreContract : public testing::Test {
 protected:
  Applied apply(std::vector<events::OrderEvent> events) {
    auto records = logged(std::move(events), next_);
    next_ += static_cast<std::int64_t>(records.size());
    return sync_wait(fixture_.store.apply(std::move(records), Deadline::max())).value();
  }
  Report report(ReportRequest request, TenantId tenant = {}) {
    auto answers = sync_wait(fixture_.store.ask(std::move(tenant), questions_of(request), Deadline::max()));
    return report_from(request, std::move(answers).value());
  }
  PeriodSales sales(std::string_view from, std::string_view to, std::string_view zone = "Europe/London") {
    return report({.days = bounds(from, to, zone)}).sales;
  }
  static std::vector<Timestamp> bounds(std::string_view from, std::string_view to,
                                       std::string_view zone = "Europe/London") {
    return day_bounds({parse_date(from).value(), parse_date(to).value()}, TimeZone::load(zone).value());
  }
  static TimeRange range(std::string_view from, std::string_view to,
                         std::string_view zone = "Europe/London") {
    const auto days = bounds(from, to, zone);
    return {days.front(), days.back()};
  }
  std::vector<PlacedOrder> placed_after(std::int64_t position) {
    return sync_wait(fixture_.store.placed_after(TenantId{}, position, Deadline::max())).value();
  }
  std::int64_t position() { return sync_wait(fixture_.store.position(Deadline::max())).value(); }
  Totals totals() { return sync_wait(fixture_.store.totals(TenantId{}, Deadline::max())).value(); }
  std::optional<Extent> extent() {
    return sync_wait(fixture_.store.extent(TenantId{}, Deadline::max())).value();
  }

  Fixture fixture_;
  std::int64_t next_ = 1;
};

TYPED_TEST_SUITE_P(AnalyticsStoreContract);

TYPED_TEST_P(AnalyticsStoreContract, AnEmptyStoreAnswersZeros) {
  EXPECT_EQ(this->position(), 0);
  EXPECT_EQ(this->extent(), std::nullopt);
  const auto report = this->report({.range = this->range("2026-01-01", "2026-01-02"),
                                    .days = this->bounds("2026-01-01", "2026-01-02"),
                                    .top_products = 10,
                                    .top_customers = 10,
                                    .statuses = true,
                                    .recent_orders = 10});
  EXPECT_EQ(report.sales.days, std::vector<SalesFigures>(2));
  EXPECT_EQ(report.sales.total, SalesFigures{});
  EXPECT_TRUE(report.products.empty());
  EXPECT_TRUE(report.customers.empty());
  EXPECT_EQ(report.statuses, StatusCounts{});
  EXPECT_EQ(report.progress, Progress{});
  EXPECT_EQ(this->totals(), Totals{});
}

TYPED_TEST_P(AnalyticsStoreContract, EachFlowCountsOnTheDayItHappened) {
  const SaleEvents first(1, 7, {{1, 2, 1000}, {2, 1, 550}}), second(2, 8, {{1, 1, 1000}});
  this->apply({first.placed(at("2026-01-05T10:00:00.000Z")), second.placed(at("2026-01-05T11:00:00.000Z")),
               first.cancelled(2, at("2026-01-07T09:00:00.000Z"))});
  const auto sales = this->sales("2026-01-05", "2026-01-07");
  const SalesFigures placed{
      .placed_orders = 2, .placed_units = 4, .gross = Money{3550}, .new_customers = 2, .active_customers = 2};
  const SalesFigures cancelled{.cancelled_orders = 1, .cancelled_units = 3, .cancelled = Money{2550}};
  EXPECT_EQ(sales.days, (std::vector{placed, SalesFigures{}, cancelled}));
  EXPECT_EQ(sales.total.orders(), 1);
  EXPECT_EQ(sales.total.net(), Money{1000});
  EXPECT_EQ(sales.total.active_customers, 2);
}

TYPED_TEST_P(AnalyticsStoreContract, ACreditNoteCountsOnlyAsCancelled) {
  const auto time = at("2026-01-05T10:00:00.000Z");
  this->apply({SaleEvents(1, 7, {{1, 3, 100}}).credit_note(time)});
  const auto report = this->report({.range = this->range("2026-01-05", "2026-01-05"),
                                    .days = this->bounds("2026-01-05", "2026-01-05"),
                                    .top_products = 10,
                                    .top_customers = 10,
                                    .statuses = true,
                                    .recent_orders = 10});
  EXPECT_EQ(report.sales.total, (SalesFigures{.cancelled_units = 3, .cancelled = Money{300}}));
  EXPECT_EQ(report.statuses, StatusCounts{});
  EXPECT_TRUE(report.products.empty());
  EXPECT_TRUE(report.customers.empty());
  ASSERT_EQ(report.recent_orders.size(), 1u);
  EXPECT_EQ(report.recent_orders[0].kind, OrderKind::credit_note);
  EXPECT_EQ(report.recent_orders[0].status, OrderStatus::cancelled);
  EXPECT_EQ(report.recent_orders[0].total, Money{300});
}

TYPED_TEST_P(AnalyticsStoreContract, RepeatedDeliveryChangesNothing) {
  const SaleEvents sale(1, 7, {{1, 2, 1000}});
  const auto placed = sale.placed(at("2026-01-05T10:00:00.000Z"));
  const auto cancelled = sale.cancelled(2, at("2026-01-05T12:00:00.000Z"));
  EXPECT_EQ(this->apply({placed, cancelled}).placed.size(), 1u);
  const auto once = this->totals().all;
  const auto again = this->apply({cancelled, placed, placed});
  EXPECT_EQ(again.events, 3u);
  EXPECT_TRUE(again.placed.empty());
  EXPECT_EQ(this->totals().all, once);
  EXPECT_EQ(this->report({.statuses = true}).statuses, (StatusCounts{0, 0, 0, 0, 0, 1}));
}

TYPED_TEST_P(AnalyticsStoreContract, RecordsUpToTheStoredPositionAreSkipped) {
  const auto time = at("2026-01-05T10:00:00.000Z");
  const auto first = SaleEvents(1, 7, {{1, 1, 100}}).placed(time),
             second = SaleEvents(2, 7, {{1, 1, 100}}).placed(time);
  EXPECT_EQ(this->apply({first}).position, 1);
  auto& store = this->fixture_.store;
  const auto skipped = sync_wait(store.apply({{1, second}}, Deadline::max())).value();
  EXPECT_EQ(skipped.events, 0u);
  EXPECT_EQ(skipped.position, 1);
  EXPECT_EQ(sync_wait(store.apply({{1, first}, {20, second}}, Deadline::max())).value().events, 1u);
  EXPECT_EQ(this->position(), 20);
  EXPECT_EQ(this->totals().all.placed_orders, 2);
}

TYPED_TEST_P(AnalyticsStoreContract, ArrivalOrderDoesNotMatter) {
  const SaleEvents sale(1, 7, {{1, 2, 1000}});
  const auto placed = sale.placed(at("2026-01-05T10:00:00.000Z"));
  this->apply({sale.cancelled(3, at("2026-01-06T10:00:00.000Z"))});
  EXPECT_EQ(this->report({.statuses = true, .recent_orders = 5}).recent_orders.size(), 0u);
  this->apply({sale.moved(2, OrderStatus::confirmed, at("2026-01-05T11:00:00.000Z"))});
  EXPECT_EQ(this->apply({placed}).placed.size(), 1u);
  const auto sales = this->sales("2026-01-05", "2026-01-06");
  EXPECT_EQ(sales.days[0].gross, Money{2000});
  EXPECT_EQ(sales.days[1].cancelled, Money{2000});
  const auto report = this->report({.statuses = true, .recent_orders = 5});
  EXPECT_EQ(report.statuses, (StatusCounts{0, 0, 0, 0, 0, 1}));
  ASSERT_EQ(report.recent_orders.size(), 1u);
  EXPECT_EQ(report.recent_orders[0].status, OrderStatus::cancelled);
}

TYPED_TEST_P(AnalyticsStoreContract, StatusesAreThePresentOnesOfTheOrdersPlacedInTheRange) {
  const SaleEvents imported(1, 7, {{1, 1, 100}}), live(2, 8, {{1, 1, 100}});
  this->apply({imported.placed(at("2026-01-05T10:00:00.000Z"), OrderStatus::delivered),
               live.placed(at("2026-01-06T10:00:00.000Z"))});
  this->apply({live.moved(2, OrderStatus::confirmed, at("2026-01-08T10:00:00.000Z"))});
  const auto on = [&](std::string_view day) {
    return this->report({.range = this->range(day, day), .statuses = true}).statuses;
  };
  EXPECT_EQ(on("2026-01-05"), (StatusCounts{0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(on("2026-01-06"), (StatusCounts{0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(on("2026-01-08"), StatusCounts{});
  EXPECT_EQ(this->report({.statuses = true}).statuses, (StatusCounts{0, 1, 0, 0, 1, 0}));
}

TYPED_TEST_P(AnalyticsStoreContract, DaysAreThoseOfTheZoneAlsoWhenClocksChange) {
  this->apply({SaleEvents(1, 1, {{1, 1, 1}}).placed(at("2026-03-28T23:59:59.999Z")),
               SaleEvents(2, 2, {{1, 1, 10}}).placed(at("2026-03-29T00:00:00.000Z")),
               SaleEvents(3, 3, {{1, 1, 100}}).placed(at("2026-03-29T22:59:59.999Z")),
               SaleEvents(4, 4, {{1, 1, 1000}}).placed(at("2026-03-29T23:00:00.000Z"))});
  const auto gross = [&](std::string_view zone) {
    std::vector<std::int64_t> days;
    for (const auto& day : this->sales("2026-03-28", "2026-03-30", zone).days)
      days.push_back(day.gross.minor_units());
    return days;
  };
  EXPECT_EQ(gross("Europe/London"), (std::vector<std::int64_t>{1, 110, 1000}));
  EXPECT_EQ(gross("UTC"), (std::vector<std::int64_t>{1, 1110, 0}));
  EXPECT_EQ(gross("Asia/Kathmandu"), (std::vector<std::int64_t>{0, 11, 1100}));
  EXPECT_EQ(gross("America/New_York"), (std::vector<std::int64_t>{11, 1100, 0}));
}

TYPED_TEST_P(AnalyticsStoreContract, ProductsRankByNetRevenueThenQuantityThenId) {
  const auto day = at("2026-01-05T10:00:00.000Z"), next_day = at("2026-01-06T10:00:00.000Z");
  const SaleEvents given_back(4, 7, {{1, 5, 100}});
  this->apply({SaleEvents(1, 7, {{1, 5, 100}, {2, 1, 400}}).placed(day),
               SaleEvents(2, 7, {{3, 2, 200}}).placed(day),
               SaleEvents(3, 8, {{4, 1, 400}, {4, 1, 100}}).placed(next_day), given_back.placed(day),
               given_back.cancelled(2, next_day)});
  const auto top = [&](std::optional<TimeRange> range, std::size_t limit) {
    std::vector<std::tuple<std::uint8_t, std::int64_t, std::int64_t, std::int64_t>> rows;
    for (const auto& row : this->report({.range = range, .top_products = limit}).products)
      rows.emplace_back(row.product.value.bytes[15], row.quantity, row.revenue.minor_units(),
                        row.order_count);
    return rows;
  };
  using Rows = decltype(top(std::nullopt, 0));
  EXPECT_EQ(top(std::nullopt, 10), (Rows{{1, 5, 500, 2}, {4, 2, 500, 1}, {3, 2, 400, 1}, {2, 1, 400, 1}}));
  EXPECT_EQ(top(std::nullopt, 2), (Rows{{1, 5, 500, 2}, {4, 2, 500, 1}}));
  EXPECT_EQ(top(this->range("2026-01-05", "2026-01-05"), 10),
            (Rows{{1, 10, 1000, 2}, {3, 2, 400, 1}, {2, 1, 400, 1}}));
  EXPECT_EQ(top(this->range("2026-01-05", "2026-01-05"), 2), (Rows{{1, 10, 1000, 2}, {3, 2, 400, 1}}));
  EXPECT_EQ(top(this->range("2026-01-06", "2026-01-06"), 10), (Rows{{4, 2, 500, 1}}));
  EXPECT_EQ(top(this->range("2026-01-05", "2026-01-06", "Asia/Tokyo"), 10), top(std::nullopt, 10));
}

TYPED_TEST_P(AnalyticsStoreContract, EqualProductsAreToldApartByIdWhateverCameFirst) {
  const auto day = at("2026-01-05T10:00:00.000Z");
  for (std::uint32_t product = 9; product > 0; --product)
    this->apply({SaleEvents(product, 7, {{product, 1, 100}}).placed(day)});
  for (const auto& range :
       {std::optional<TimeRange>{}, std::optional{this->range("2026-01-05", "2026-01-05")}}) {
    const auto products = this->report({.range = range, .top_products = 3}).products;
    ASSERT_EQ(products.size(), 3u);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(products[i].product, id_of<ProductId>(i + 1));
  }
}

TYPED_TEST_P(AnalyticsStoreContract, AProductIsNamedAsInTheNewestEvent) {
  auto older = SaleEvents(1, 7, {{1, 1, 100}}).placed(at("2026-01-05T10:00:00.000Z"));
  auto newer = SaleEvents(2, 7, {{1, 1, 100}}).placed(at("2026-01-06T10:00:00.000Z"));
  older.lines[0].product_name = "Tea pot";
  newer.lines[0].product_name = "Téapot ☕";
  this->apply({newer, older});
  EXPECT_EQ(this->report({.top_products = 1}).products.at(0).name, "Téapot ☕");
}

TYPED_TEST_P(AnalyticsStoreContract, CustomersRankByWhatTheySpent) {
  const SaleEvents cancelled(3, 2, {{1, 1, 900}});
  this->apply({SaleEvents(1, 1, {{1, 1, 500}}).placed(at("2026-01-05T10:00:00.000Z")),
               SaleEvents(2, 1, {{1, 1, 100}}).placed(at("2026-01-06T10:00:00.000Z")),
               cancelled.placed(at("2026-01-05T12:00:00.000Z")),
               cancelled.cancelled(2, at("2026-01-07T10:00:00.000Z")),
               SaleEvents(4, 0, {{1, 1, 9900}}).placed(at("2026-01-05T13:00:00.000Z"))});
  const auto top = [&](std::string_view from, std::string_view to, std::size_t limit) {
    return this->report({.range = this->range(from, to), .top_customers = limit}).customers;
  };
  const CustomerActivity one{id_of<UserId>(1), 2, Money{600}, at("2026-01-06T10:00:00.000Z")};
  const CustomerActivity two{id_of<UserId>(2), 1, Money{0}, at("2026-01-05T12:00:00.000Z")};
  EXPECT_EQ(top("2026-01-05", "2026-01-07", 5), (std::vector{one, two}));
  const CustomerActivity one_on_monday{id_of<UserId>(1), 1, Money{500}, at("2026-01-05T10:00:00.000Z")};
  const CustomerActivity two_on_monday{id_of<UserId>(2), 1, Money{900}, at("2026-01-05T12:00:00.000Z")};
  EXPECT_EQ(top("2026-01-05", "2026-01-05", 5), (std::vector{two_on_monday, one_on_monday}));
  EXPECT_EQ(top("2026-01-05", "2026-01-05", 1), (std::vector{two_on_monday}));
  EXPECT_TRUE(top("2026-01-07", "2026-01-07", 5).empty());
}

TYPED_TEST_P(AnalyticsStoreContract, CustomersAreCountedOnceInThePeriodAndNewOnTheirFirstDay) {
  this->apply({SaleEvents(1, 1, {{1, 1, 1}}).placed(at("2026-01-06T10:00:00.000Z")),
               SaleEvents(2, 1, {{1, 1, 1}}).placed(at("2026-01-07T10:00:00.000Z")),
               SaleEvents(3, 2, {{1, 1, 1}}).placed(at("2026-01-07T11:00:00.000Z")),
               SaleEvents(4, 0, {{1, 1, 1}}).placed(at("2026-01-07T12:00:00.000Z"))});
  auto sales = this->sales("2026-01-05", "2026-01-07");
  EXPECT_EQ(sales.days[1].active_customers, 1);
  EXPECT_EQ(sales.days[2].active_customers, 2);
  EXPECT_EQ(sales.total.active_customers, 2);
  EXPECT_EQ(sales.days[1].new_customers, 1);
  EXPECT_EQ(sales.days[2].new_customers, 1);
  this->apply({SaleEvents(5, 1, {{1, 1, 1}}).placed(at("2026-01-05T10:00:00.000Z"))});
  sales = this->sales("2026-01-05", "2026-01-07");
  EXPECT_EQ(sales.days[0].new_customers, 1);
  EXPECT_EQ(sales.days[1].new_customers, 0);
  EXPECT_EQ(this->sales("2026-01-05", "2026-01-07", "Asia/Tokyo").total, sales.total);
}

TYPED_TEST_P(AnalyticsStoreContract, RecentOrdersAreTheNewestByTimeThenId) {
  const auto day = at("2026-01-05T10:00:00.000Z");
  this->apply({SaleEvents(3, 7, {{1, 2, 100}, {2, 1, 1}}).placed(at("2026-01-06T10:00:00.000Z")),
               SaleEvents(1, 0, {{1, 1, 100}}).placed(day), SaleEvents(2, 7, {{1, 1, 100}}).placed(day)});
  const auto orders = this->report({.recent_orders = 2}).recent_orders;
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0],
            (OrderSummary{id_of<OrderId>(3), id_of<UserId>(7), OrderStatus::pending, OrderKind::sale,
                          Money{201}, Currency::parse("GBP").value(), 3, at("2026-01-06T10:00:00.000Z")}));
  EXPECT_EQ(orders[1].order, id_of<OrderId>(2));
  EXPECT_EQ(this->report({.recent_orders = 5}).recent_orders.at(2).user, std::nullopt);
}

TYPED_TEST_P(AnalyticsStoreContract, PlacedOrdersCanBeReplayedUpToABound) {
  const auto day = at("2026-01-05T10:00:00.000Z");
  const auto bound = static_cast<std::uint32_t>(replay_bound);
  std::vector<events::OrderEvent> events;
  for (std::uint32_t order = 1; order <= bound + 20; ++order)
    events.push_back(SaleEvents(order, order % 3, {{1, 1, 100}}).placed(day));
  const auto last = events.back();
  const auto applied = this->apply(std::move(events));
  ASSERT_EQ(applied.placed.size(), bound + 20);
  const auto all = this->placed_after(0);
  ASSERT_EQ(all.size(), bound);
  EXPECT_EQ(all.front(), applied.placed[20]);
  EXPECT_EQ(all.back(), applied.placed.back());
  EXPECT_EQ(all.back().event, last.event_id);
  const auto some = this->placed_after(applied.position - 2);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].position, applied.position - 1);
  EXPECT_TRUE(this->placed_after(applied.position).empty());
}

TYPED_TEST_P(AnalyticsStoreContract, ShopsAreApart) {
  const auto day = at("2026-01-05T10:00:00.000Z");
  auto other = SaleEvents(1, 7, {{1, 1, 100}}).placed(day);
  other.tenant = TenantId{"other"};
  this->apply({other, SaleEvents(1, 7, {{1, 1, 30}}).placed(day)});
  EXPECT_EQ(this->totals().all.gross, Money{30});
  EXPECT_EQ(this->placed_after(0).size(), 1u);
  const ReportRequest everything{
      .days = this->bounds("2026-01-05", "2026-01-05"), .top_products = 9, .recent_orders = 9};
  const auto theirs = this->report(everything, TenantId{"other"});
  EXPECT_EQ(theirs.sales.total.gross, Money{100});
  EXPECT_EQ(theirs.products.at(0).revenue, Money{100});
  EXPECT_EQ(theirs.recent_orders.size(), 1u);
  EXPECT_EQ(this->report(everything, TenantId{"none"}).sales.total, SalesFigures{});
}

TYPED_TEST_P(AnalyticsStoreContract, TotalsAreByDayOfUtcAndSayTheirPosition) {
  const SaleEvents sale(1, 7, {{1, 2, 1000}});
  this->apply({sale.placed(at("2026-07-14T23:30:00.000Z")), sale.cancelled(2, at("2026-07-15T00:00:00.000Z")),
               SaleEvents(2, 7, {{1, 1, 50}}).credit_note(at("2026-07-15T23:59:59.999Z"))});
  const auto totals = this->totals();
  const SalesFigures placed{.placed_orders = 1, .placed_units = 2, .gross = Money{2000}};
  const SalesFigures given_back{.cancelled_orders = 1, .cancelled_units = 3, .cancelled = Money{2050}};
  using std::chrono::sys_days;
  EXPECT_EQ(totals.by_utc_day,
            (std::map<sys_days, SalesFigures>{{sys_days{parse_date("2026-07-14").value()}, placed},
                                              {sys_days{parse_date("2026-07-15").value()}, given_back}}));
  EXPECT_EQ(totals.all.net(), Money{-50});
  EXPECT_EQ(totals.position, 3);
}

TYPED_TEST_P(AnalyticsStoreContract, ExtentAndProgressFollowTheEvents) {
  const SaleEvents sale(1, 7, {{1, 1, 100}});
  const auto placed = at("2026-01-05T10:00:00.000Z"), cancelled = at("2026-01-09T10:00:00.000Z");
  this->apply({sale.moved(2, OrderStatus::confirmed, at("2026-01-06T10:00:00.000Z"))});
  EXPECT_EQ(this->extent(), std::nullopt);
  this->apply({sale.cancelled(4, cancelled), sale.placed(placed)});
  EXPECT_EQ(this->extent(), (Extent{placed, cancelled}));
  this->apply({sale.moved(3, OrderStatus::processing, at("2026-01-07T10:00:00.000Z"))});
  EXPECT_EQ(this->report({}).progress, (Progress{4, cancelled}));
}

REGISTER_TYPED_TEST_SUITE_P(
    AnalyticsStoreContract, AnEmptyStoreAnswersZeros, EachFlowCountsOnTheDayItHappened,
    ACreditNoteCountsOnlyAsCancelled, RepeatedDeliveryChangesNothing, RecordsUpToTheStoredPositionAreSkipped,
    ArrivalOrderDoesNotMatter, StatusesAreThePresentOnesOfTheOrdersPlacedInTheRange,
    DaysAreThoseOfTheZoneAlsoWhenClocksChange, ProductsRankByNetRevenueThenQuantityThenId,
    EqualProductsAreToldApartByIdWhateverCameFirst, AProductIsNamedAsInTheNewestEvent,
    CustomersRankByWhatTheySpent, CustomersAreCountedOnceInThePeriodAndNewOnTheirFirstDay,
    RecentOrdersAreTheNewestByTimeThenId, PlacedOrdersCanBeReplayedUpToABound, ShopsAreApart,
    TotalsAreByDayOfUtcAndSayTheirPosition, ExtentAndProgressFollowTheEvents);

}  // namespace cloudcart::analytics
