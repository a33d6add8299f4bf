#include "order/domain/order.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/id_generator.h"
#include "order/domain/idempotency.h"
#include "order/domain/imported_order.h"

namespace cloudcart::order {
namespace {

const Timestamp noon = parse_rfc3339("2026-01-15T12:00:00.000Z").value();

ProductId product(int n) {
  return ProductId{derived_uuid(noon, "product " + std::to_string(n))};
}

Placement placement() {
  return {.id = OrderId{derived_uuid(noon, "order")},
          .user_id = UserId{derived_uuid(noon, "user")},
          .currency = Currency::parse("GBP").value(),
          .shipping_address = "12 St James Square, London",
          .placed_at = noon};
}

Order sample() {
  return Order::place(placement(), {{product(1), "Pot", "Kitchen", Money{1999}, 2},
                                    {product(2), "Cup", "Kitchen", Money{10}, 3}})
      .value();
}

Order sample_in(OrderStatus status) {
  Order order = sample();
  order.status = status;
  return order;
}

TEST(OrderTest, AddsUpLinesExactly) {
  const auto order = sample();
  EXPECT_EQ(order.lines[0].subtotal, Money{3998});
  EXPECT_EQ(order.lines[1].subtotal, Money{30});
  EXPECT_EQ(order.total, Money{4028});
  EXPECT_EQ(order.version, 1);
  EXPECT_EQ(order.status, OrderStatus::pending);
}

TEST(OrderTest, RefusesAmountsThatDoNotFit) {
  const Money huge{std::numeric_limits<std::int64_t>::max() / 2};
  EXPECT_EQ(Order::place(placement(), {{product(1), "", "", huge, 3}}).error().code,
            ErrorCode::validation_failed);
  const std::vector<PricedLine> lines{{product(1), "", "", huge, 2}, {product(2), "", "", huge, 1}};
  EXPECT_EQ(Order::place(placement(), lines).error().code, ErrorCode::validation_failed);
  EXPECT_EQ(Order::place(placement(), {}).error().code, ErrorCode::validation_failed);
}

/// Every pair of states against the contract's table.
TEST(OrderTest, MovesOnLegalWaysOnly) {
  using enum OrderStatus;
  const std::vector<std::pair<OrderStatus, OrderStatus>> legal{
      {pending, confirmed}, {confirmed, processing}, {processing, shipped},   {shipped, delivered},
      {pending, cancelled}, {confirmed, cancelled},  {processing, cancelled},
  };
  for (const auto from : all_order_statuses) {
    for (const auto to : all_order_statuses) {
      auto order = sample_in(from);
      const auto before = order;
      const auto moved = order.move_to(to, noon + seconds{1});
      if (std::ranges::find(legal, std::pair{from, to}) != legal.end()) {
        ASSERT_TRUE(moved);
        EXPECT_EQ(order.status, to);
        EXPECT_EQ(order.version, before.version + 1);
        EXPECT_EQ(order.cancelled_at.has_value(), to == cancelled);
      } else {
        ASSERT_EQ(moved.error().code, ErrorCode::invalid_transition);
        EXPECT_EQ(order, before);
      }
    }
  }
}

TEST(OrderTest, CustomersCancelBeforeProcessingOnly) {
  for (const auto from : all_order_statuses) {
    auto order = sample_in(from);
    const bool allowed = from == OrderStatus::pending || from == OrderStatus::confirmed;
    EXPECT_EQ(order.cancel(noon).has_value(), allowed) << to_string(from);
  }
}

TEST(OrderTest, PaymentFollowsTheStatus) {
  auto order = sample();
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, noon));
  EXPECT_EQ(order.payment_status, PaymentStatus::paid);
  ASSERT_TRUE(order.move_to(OrderStatus::cancelled, noon));
  EXPECT_EQ(order.payment_status, PaymentStatus::refunded);

  auto unpaid = sample();
  ASSERT_TRUE(unpaid.cancel(noon));
  EXPECT_EQ(unpaid.payment_status, PaymentStatus::pending);
}

TEST(OrderTest, TimesNeverGoBackThoughTheClockDoes) {
  auto order = sample();
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, noon - std::chrono::hours{24}));
  EXPECT_EQ(order.updated_at, noon);
}

TEST(OrderTest, AsPlacedIsTheOrderOfVersionOne) {
  auto order = sample();
  const auto placed = order;
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, noon + seconds{5}));
  ASSERT_TRUE(order.cancel(noon + seconds{9}));
  EXPECT_EQ(order.as_placed(), placed);
}

TEST(OrderTest, EventsTellThePresentVersion) {
  auto order = sample();
  const EventId id{derived_uuid(noon, "event")};
  const auto created = event_of(order, id, "trace");
  EXPECT_EQ(created.type, "order.created");
  EXPECT_EQ(created.version, 1);
  EXPECT_EQ(created.lines, order.lines);
  EXPECT_EQ(created.total, order.total);
  EXPECT_EQ(created.traceparent, "trace");
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, noon + seconds{1}));
  const auto confirmed = event_of(order, id, "");
  EXPECT_EQ(confirmed.type, "order.confirmed");
  EXPECT_EQ(confirmed.version, 2);
  EXPECT_TRUE(confirmed.lines.empty());
  EXPECT_EQ(confirmed.timestamp, noon + seconds{1});
  ASSERT_TRUE(order.cancel(noon + seconds{2}));
  EXPECT_EQ(event_of(order, id, "").lines, order.lines);
}

TEST(ImportedOrderTest, ASaleIsCreatedInTheStatusItHas) {
  const EventId id{derived_uuid(noon, "1")};
  const auto [order, events] = imported(sample(), {{id, OrderStatus::delivered, noon}});
  EXPECT_EQ(order.status, OrderStatus::delivered);
  EXPECT_EQ(order.payment_status, PaymentStatus::paid);
  EXPECT_EQ(order.version, 1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event_id, id);
  EXPECT_EQ(events[0].type, "order.created");
  EXPECT_EQ(events[0].status, OrderStatus::delivered);
}

TEST(ImportedOrderTest, ACancelledSaleWasCreatedFirst) {
  const auto later = noon + std::chrono::hours{30};
  const auto [order, events] = imported(
      sample(), {{EventId{}, OrderStatus::delivered, noon}, {EventId{}, OrderStatus::cancelled, later}});
  EXPECT_EQ(order.cancelled_at, later);
  EXPECT_EQ(order.updated_at, later);
  EXPECT_EQ(order.payment_status, PaymentStatus::refunded);
  EXPECT_EQ(order.version, 2);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, "order.created");
  EXPECT_EQ(events[0].timestamp, noon);
  EXPECT_EQ(events[1].type, "order.cancelled");
  EXPECT_EQ(events[1].version, 2);
  EXPECT_EQ(events[1].timestamp, later);
  EXPECT_EQ(events[1].lines, order.lines);
}

TEST(ImportedOrderTest, ACreditNoteIsCancelledFromTheStart) {
  auto note = sample();
  note.kind = OrderKind::credit_note;
  const auto [order, events] = imported(note, {{EventId{}, OrderStatus::cancelled, noon}});
  EXPECT_EQ(order.cancelled_at, noon);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "order.cancelled");
  EXPECT_EQ(events[0].version, 1);
}

TEST(IdempotencyTest, KeysAreVisibleAscii) {
  EXPECT_TRUE(IdempotencyKey::parse("a"));
  EXPECT_TRUE(IdempotencyKey::parse(std::string(255, '~')));
  for (const std::string& bad : {std::string{}, std::string(256, 'k'), std::string{"a b"},
                                 std::string{"tab\t"}, std::string{"é"}, std::string{"\x7f"}})
    EXPECT_FALSE(IdempotencyKey::parse(bad)) << bad;
}

TEST(IdempotencyTest, FingerprintsTellRequestsApart) {
  const auto user = placement().user_id;
  const std::vector<LineRequest> lines{{product(1), 1}, {product(2), 2}};
  const auto base = fingerprint_of(user, lines, "an address");
  EXPECT_EQ(fingerprint_of(user, lines, "an address"), base);
  EXPECT_NE(fingerprint_of(UserId{}, lines, "an address"), base);
  EXPECT_NE(fingerprint_of(user, {{product(1), 2}, {product(2), 1}}, "an address"), base);
  EXPECT_NE(fingerprint_of(user, {{product(1), 1}}, "an address"), base);
  EXPECT_NE(fingerprint_of(user, lines, "another address"), base);
}

}  // namespace
}  // namespace cloudcart::order
