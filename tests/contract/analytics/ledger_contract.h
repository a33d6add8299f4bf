#pragma once

#include <gtest/gtest.h>

#include "analytics/ports/ledger.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::analytics {

/// What every Ledger does. `Fixture` has `Ledger& ledger()` and `void put(order::ImportedOrder)`, which keeps an order and
/// appends its events to the log.
template <class Fixture>
class LedgerContract : public testing::Test {
 protected:
  using Steps = std::vector<std::pair<OrderStatus, std::string_view>>;
  static constexpr Money total{4028};  ///< of each sample order, with five pieces

  Fixture fixture;

  void put(std::uint32_t n, const Steps& steps, OrderKind kind = OrderKind::sale, TenantId tenant = {}) {
    auto order = order::sample::order(n, 1, std::move(tenant));
    order.kind = kind;
    order.created_at = parse_rfc3339(steps.front().second).value();
    std::vector<order::ImportedStep> history;
    for (const auto& [status, at] : steps)
      history.push_back({test::numbered<EventId>(n * 16 + static_cast<std::uint32_t>(history.size())), status,
                         parse_rfc3339(at).value()});
    fixture.put(order::imported(std::move(order), history));
  }
  Totals totals(TenantId tenant = {}) {
    return sync_wait(fixture.ledger().totals(std::move(tenant), Deadline::max())).value();
  }
  static std::chrono::sys_days day(std::string_view text) {
    return std::chrono::sys_days{parse_date(text).value()};
  }
};

TYPED_TEST_SUITE_P(LedgerContract);

TYPED_TEST_P(LedgerContract, AShopWithoutOrdersHasNothing) {
  EXPECT_EQ(this->totals(), Totals{});
}

TYPED_TEST_P(LedgerContract, TellsFlowsByTheDayTheyHappenedAndThePositionTheyAreOf) {
  using enum OrderStatus;
  this->put(1, {{delivered, "2026-01-01T23:59:59.999Z"}});
  this->put(2, {{delivered, "2026-01-02T00:00:00.000Z"}, {cancelled, "2026-01-04T12:00:00.000Z"}});
  this->put(3, {{cancelled, "2026-01-02T08:00:00.000Z"}}, OrderKind::credit_note);
  const Money total = this->total;
  EXPECT_EQ(this->totals(),
            (Totals{.position = 4,
                    .all = {.placed_orders = 2,
                            .placed_units = 10,
                            .gross = *total.times(2),
                            .cancelled_orders = 1,
                            .cancelled_units = 10,
                            .cancelled = *total.times(2)},
                    .by_utc_day = {{this->day("2026-01-01"), {.gross = total}},
                                   {this->day("2026-01-02"), {.gross = total, .cancelled = total}},
                                   {this->day("2026-01-04"), {.cancelled = total}}},
                    .dead_letters = {}}));
}

TYPED_TEST_P(LedgerContract, ThePositionIsThatOfAllShops) {
  using enum OrderStatus;
  this->put(1, {{delivered, "2026-01-01T10:00:00.000Z"}});
  this->put(2, {{delivered, "2026-01-01T10:00:00.000Z"}}, OrderKind::sale, {"other"});
  EXPECT_EQ(this->totals().position, 2);
  EXPECT_EQ(this->totals().all.placed_orders, 1);
  EXPECT_EQ(this->totals({"third"}), Totals{.position = 2});
}

REGISTER_TYPED_TEST_SUITE_P(LedgerContract, AShopWithoutOrdersHasNothing,
                            TellsFlowsByTheDayTheyHappenedAndThePositionTheyAreOf,
                            ThePositionIsThatOfAllShops);

}  // namespace cloudcart::analytics
