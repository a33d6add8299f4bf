#include "analytics/domain/defect.h"

#include <limits>

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::SaleEvents;

const Currency pounds = Currency::parse("GBP").value();

events::OrderEvent sale() {
  return SaleEvents(1, 7, {{1, 2, 500}}).placed(at("2026-01-05T10:00:00.000Z"));
}

TEST(DefectTest, OrdinaryEventsHaveNone) {
  EXPECT_EQ(defect_of(sale(), pounds), std::nullopt);
  EXPECT_EQ(defect_of(SaleEvents(1, 7, {{1, 2, 500}}).credit_note(at("2026-01-05T10:00:00.000Z")), pounds),
            std::nullopt);
}

TEST(DefectTest, AnotherCurrencyIsNamedWithTheMend) {
  auto euros = sale();
  euros.currency = Currency::parse("EUR").value();
  EXPECT_NE(defect_of(euros, pounds).value().find("in EUR, but figures are in GBP"), std::string::npos);
  // What only moves an order has no amount that would count.
  const auto moved = SaleEvents(1, 7, {}).moved(2, OrderStatus::shipped, at("2026-01-05T10:00:00.000Z"));
  EXPECT_EQ(defect_of(moved, Currency::parse("EUR").value()), std::nullopt);
}

TEST(DefectTest, AmountsAndQuantitiesBelowZeroOrBeyondCounting) {
  const auto with = [](auto change) {
    auto event = sale();
    change(event);
    return defect_of(event, pounds).has_value();
  };
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(with([](auto& event) { event.lines[0].quantity = -1; }));
  EXPECT_TRUE(with([](auto& event) { event.lines[0].quantity = std::int64_t{1} << 31; }));
  EXPECT_FALSE(with([](auto& event) { event.lines[0].quantity = (std::int64_t{1} << 31) - 1; }));
  EXPECT_TRUE(with([](auto& event) { event.total = Money{-1}; }));
  EXPECT_TRUE(with([](auto& event) { event.lines[0].subtotal = Money{-1}; }));
  EXPECT_TRUE(with([](auto& event) {
    event.lines.push_back(event.lines[0]);
    event.lines[0].subtotal = event.lines[1].subtotal = Money{most / 2 + 1};
  }));
  EXPECT_TRUE(with([](auto& event) { event.total = Money{event.total.minor_units() - 1}; }));
  EXPECT_FALSE(with([](auto& event) { event.total = Money{event.total.minor_units() + 1}; }));
  EXPECT_TRUE(with([](auto& event) { event.lines.resize(70'000, event.lines[0]); }));
}

TEST(DefectTest, TimesThatNoCalendarHas) {
  auto event = sale();
  event.timestamp = Timestamp::min();
  EXPECT_TRUE(defect_of(event, pounds));
  event.timestamp = at("1969-12-31T23:59:59.999Z");
  EXPECT_TRUE(defect_of(event, pounds));
  event.timestamp = at("2200-01-01T00:00:00.000Z");
  EXPECT_TRUE(defect_of(event, pounds));
}

}  // namespace
}  // namespace cloudcart::analytics
