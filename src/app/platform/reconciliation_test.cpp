#include "app/platform/reconciliation.h"

#include <gtest/gtest.h>

#include "core/json_reader.h"

namespace cloudcart::app {
namespace {

using namespace std::chrono;

const year_month_day day = year{2026} / 1 / 15;

order::LedgerTotals books() {
  return {.gross = Money{1000},
          .cancelled = Money{250},
          .orders_placed = 2,
          .orders_cancelled = 1,
          .credit_notes = 0,
          .units_ordered = 5,
          .units_cancelled = 1,
          .days = {{day, Money{1000}, Money{250}}}};
}

analytics::Totals rollups() {
  const analytics::SalesFigures figures{.placed_orders = 2,
                                        .placed_units = 5,
                                        .gross = Money{1000},
                                        .cancelled_orders = 1,
                                        .cancelled_units = 1,
                                        .cancelled = Money{250},
                                        .new_customers = 2,
                                        .active_customers = 2,
                                        .repeat_customers = 1,
                                        .shipped_orders = 1};
  return {.position = 9, .all = figures, .by_utc_day = {{sys_days{day}, figures}}};
}

TEST(ReconciliationTest, EqualSidesAreEqual) {
  const auto compared = reconcile_totals(books(), rollups());
  EXPECT_TRUE(compared.equal);
  const auto json = parse_json(compared.json).value();
  EXPECT_EQ(json.at("difference").to_number<double>(), 0.0);
  EXPECT_EQ(json.at("ledger").at("total_revenue").to_number<double>(), 7.5);
}

TEST(ReconciliationTest, ACentIsADifference) {
  auto counted = rollups();
  counted.all.gross = Money{1001};
  EXPECT_FALSE(reconcile_totals(books(), counted).equal);
}

TEST(ReconciliationTest, MoneyOnTheWrongDayIsNamed) {
  auto counted = rollups();
  counted.by_utc_day.clear();
  counted.by_utc_day[sys_days{day} + days{1}] = counted.all;
  const auto compared = reconcile_totals(books(), counted);
  EXPECT_FALSE(compared.equal);
  EXPECT_EQ(parse_json(compared.json).value().at_pointer("/details/differing_days").as_array().size(), 2U);
}

TEST(ReconciliationTest, CountsAreComparedToo) {
  auto counted = rollups();
  counted.all.placed_units = 6;
  EXPECT_FALSE(reconcile_totals(books(), counted).equal);
}

}  // namespace
}  // namespace cloudcart::app
