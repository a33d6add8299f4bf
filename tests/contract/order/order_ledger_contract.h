#pragma once

#include <gtest/gtest.h>

#include "order/ports/order_ledger.h"
#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

/// What every OrderLedger keeps. `Orders` has members `repository`, `ledger` and `log` over the same data.
template <class Orders>
class OrderLedgerContract : public testing::Test {
 protected:
  Orders adapters;
  OrderRepository& orders = adapters.repository;
  OrderLedger& ledger = adapters.ledger;

  std::size_t import(std::vector<ImportedOrder> imports) {
    return sync_wait(ledger.import_orders(std::move(imports), sample::no_deadline)).value();
  }
  LedgerTotals totals(TenantId tenant = {}) {
    return sync_wait(ledger.totals(std::move(tenant), sample::no_deadline)).value();
  }
  std::int64_t newest_position() {
    return sync_wait(adapters.log.read(0, 1000, sample::no_deadline)).value().back().position;
  }
  std::optional<Order> find(OrderId id) {
    return sync_wait(orders.find({}, id, sample::no_deadline)).value();
  }
  std::size_t events_of(OrderId id) {
    return sync_wait(orders.events_of({}, id, sample::no_deadline)).value().size();
  }

  /// A sample order (40.28, five pieces) with this history.
  static ImportedOrder past(std::uint32_t n, std::vector<std::pair<OrderStatus, Timestamp>> steps,
                            OrderKind kind = OrderKind::sale) {
    auto order = sample::order(n);
    order.kind = kind;
    order.created_at = steps.front().second;
    std::vector<ImportedStep> history;
    for (const auto& [status, at] : steps)
      history.push_back(
          {test::numbered<EventId>(n * 16 + static_cast<std::uint32_t>(history.size())), status, at});
    return imported(std::move(order), history);
  }
};

inline Timestamp at(std::string_view text) {
  return parse_rfc3339(text).value();
}
inline std::chrono::year_month_day on(std::string_view text) {
  return parse_date(text).value();
}

TYPED_TEST_SUITE_P(OrderLedgerContract);

TYPED_TEST_P(OrderLedgerContract, ImportedOrdersAreOrdersWithHistory) {
  const auto sale = this->past(1, {{OrderStatus::delivered, at("2011-05-01T10:00:00.000Z")},
                                   {OrderStatus::cancelled, at("2011-05-03T10:00:00.000Z")}});
  EXPECT_EQ(this->import({sale}), 1U);
  EXPECT_EQ(this->find(sale.order.id), sale.order);
  EXPECT_EQ(sync_wait(this->orders.events_of({}, sale.order.id, sample::no_deadline)).value(), sale.events);
}

TYPED_TEST_P(OrderLedgerContract, AnImportCanBeRunAgain) {
  const auto day = at("2011-05-01T10:00:00.000Z");
  const auto first = this->past(1, {{OrderStatus::delivered, day}});
  EXPECT_EQ(this->import({first}), 1U);
  auto changed = first;
  changed.order.user_id = test::numbered<UserId>(99);
  EXPECT_EQ(this->import({changed, this->past(2, {{OrderStatus::delivered, day}})}), 1U);
  EXPECT_EQ(this->find(first.order.id), first.order);
  EXPECT_EQ(this->events_of(first.order.id), 1U);
  EXPECT_EQ(this->totals().orders_placed, 2);
}

TYPED_TEST_P(OrderLedgerContract, NothingIsThereAtTheBeginning) {
  EXPECT_EQ(this->totals(), LedgerTotals{});
}

TYPED_TEST_P(OrderLedgerContract, TotalsTellFlowsByTheDayTheyHappened) {
  this->import({
      this->past(1, {{OrderStatus::delivered, at("2026-01-01T23:59:59.999Z")}}),
      this->past(2, {{OrderStatus::delivered, at("2026-01-02T00:00:00.000Z")},
                     {OrderStatus::cancelled, at("2026-01-04T12:00:00.000Z")}}),
      this->past(3, {{OrderStatus::cancelled, at("2026-01-02T08:00:00.000Z")}}, OrderKind::credit_note),
  });
  const Money total = sample::order(1).total;
  EXPECT_EQ(this->totals(), (LedgerTotals{.position = this->newest_position(),
                                          .gross = *total.times(2),
                                          .cancelled = *total.times(2),
                                          .orders_placed = 2,
                                          .orders_cancelled = 1,
                                          .credit_notes = 1,
                                          .units_ordered = 10,
                                          .units_cancelled = 10,
                                          .days = {{on("2026-01-01"), total, Money{}},
                                                   {on("2026-01-02"), total, total},
                                                   {on("2026-01-04"), Money{}, total}}}));
}

TYPED_TEST_P(OrderLedgerContract, TotalsCountWhatWasPlacedHere) {
  auto order = sample::order(1);
  ASSERT_TRUE(sync_wait(this->orders.create(sample::new_order(order), sample::no_deadline)));
  ASSERT_TRUE(sync_wait(this->orders.create(sample::new_order(sample::order(2)), sample::no_deadline)));
  ASSERT_TRUE(order.cancel(sample::noon + std::chrono::days{1}));
  ASSERT_TRUE(sync_wait(this->orders.save_transition(order, 1, sample::event(order), sample::no_deadline)));
  const auto totals = this->totals();
  EXPECT_EQ(totals.gross, *order.total.times(2));
  EXPECT_EQ(totals.cancelled, order.total);
  EXPECT_EQ(totals.orders_cancelled, 1);
  EXPECT_EQ(totals.days.size(), 2U);
  EXPECT_EQ(totals.position, this->newest_position());
  EXPECT_EQ(this->totals(TenantId{"other"}), LedgerTotals{.position = totals.position});
}

REGISTER_TYPED_TEST_SUITE_P(OrderLedgerContract, ImportedOrdersAreOrdersWithHistory, AnImportCanBeRunAgain,
                            NothingIsThereAtTheBeginning, TotalsTellFlowsByTheDayTheyHappened,
                            TotalsCountWhatWasPlacedHere);

}  // namespace cloudcart::order
