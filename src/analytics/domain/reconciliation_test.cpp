#include "analytics/domain/reconciliation.h"

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono;
using test::at;
using test::SaleEvents;

const sys_days day = year{2026} / 1 / 15;

Totals books() {
  return {.position = 9,
          .all = {.placed_orders = 2,
                  .placed_units = 5,
                  .gross = Money{1000},
                  .cancelled_orders = 1,
                  .cancelled_units = 1,
                  .cancelled = Money{250}},
          .by_utc_day = {{day, {.gross = Money{1000}, .cancelled = Money{250}}}},
          .dead_letters = {}};
}

/// The same, with what a ledger does not know.
Totals counted() {
  auto figures = books().all;
  figures.new_customers = figures.active_customers = 2;
  figures.repeat_customers = figures.shipped_orders = 1;
  return {.position = 9, .all = figures, .by_utc_day = {{day, figures}}, .dead_letters = {}};
}

TEST(ReconciliationTest, EqualSidesAreEqual) {
  const auto compared = reconcile(books(), counted());
  EXPECT_TRUE(compared.equal);
  EXPECT_EQ(compared.difference(), Money{});
  EXPECT_EQ(compared.ledger.net(), Money{750});
  EXPECT_EQ(compared.days_compared, 1U);
  EXPECT_EQ(compared.position, 9);
}

TEST(ReconciliationTest, ACentIsADifference) {
  auto other = counted();
  other.all.gross = Money{1001};
  const auto compared = reconcile(books(), other);
  EXPECT_FALSE(compared.equal);
  EXPECT_EQ(compared.difference(), Money{-1});
}

TEST(ReconciliationTest, MoneyOnTheWrongDayIsNamedOnBothDays) {
  auto other = counted();
  other.by_utc_day.clear();
  other.by_utc_day[day + days{1}] = other.all;
  const auto compared = reconcile(books(), other);
  EXPECT_FALSE(compared.equal);
  EXPECT_EQ(compared.difference(), Money{});
  const DayAmounts all{Money{1000}, Money{250}}, none;
  EXPECT_EQ(compared.differing_days,
            (std::vector<DifferingDay>{{day, all, none}, {day + days{1}, none, all}}));
}

TEST(ReconciliationTest, CountsAreComparedToo) {
  auto other = counted();
  other.all.placed_units = 6;
  EXPECT_FALSE(reconcile(books(), other).equal);
}

TEST(ReconciliationTest, DeadLettersUpToThePositionAreCounted) {
  auto other = counted();
  other.position = 30;
  other.dead_letters = {3, 9, 10, 30};
  EXPECT_EQ(reconcile(books(), other).dead_letters, 2);
}

TEST(TakeOffTest, LeavesWhatWasThereBefore) {
  const auto before = counted();
  const SaleEvents sale(1, 7, {{1, 2, 450}, {2, 1, 99}});
  const auto morning = day + hours{9};
  for (const auto& event : {sale.placed(morning), sale.cancelled(2, morning + days{3}),
                            sale.credit_note(morning), sale.moved(3, OrderStatus::shipped, morning)}) {
    auto totals = before;
    const auto flow = event.type == "order.created"
                          ? SalesFigures{.placed_orders = 1, .placed_units = 3, .gross = Money{999}}
                      : event.type == "order.shipped"
                          ? SalesFigures{}
                          : SalesFigures{.cancelled_orders = event.kind == OrderKind::sale,
                                         .cancelled_units = 3,
                                         .cancelled = Money{999}};
    totals.all.add_flows(flow);
    if (flow != SalesFigures{}) totals.by_utc_day[floor<days>(event.timestamp)].add_flows(flow);
    take_off(totals, event);
    EXPECT_EQ(totals, before) << event.type;
  }
}

TEST(TakeOffTest, WhatWasNeverCountedShowsAsLessThanNothing) {
  Totals totals;
  take_off(totals, SaleEvents(1, 7, {{1, 1, 100}}).placed(day + hours{9}));
  EXPECT_EQ(totals.all.gross, Money{-100});
  EXPECT_EQ(totals.by_utc_day.at(day).placed_orders, -1);
}

}  // namespace
}  // namespace cloudcart::analytics
