#include "events/order_event.h"

#include <gtest/gtest.h>

namespace cloudcart::events {
namespace {

OrderEvent sample() {
  OrderEvent event;
  event.event_id = EventId::parse("01930c5e-7e6d-7abc-8def-000000000001").value();
  event.type = "order.created";
  event.order_id = OrderId::parse("01930c5e-7e6d-7abc-8def-000000000002").value();
  event.user_id = UserId::parse("01930c5e-7e6d-7abc-8def-000000000003").value();
  event.total = Money{3998};
  event.currency = Currency::parse("GBP").value();
  event.lines = {{ProductId::parse("01930c5e-7e6d-7abc-8def-000000000004").value(), "Käse \"alt\"", "Food", 2,
                  Money{1999}, Money{3998}}};
  event.timestamp = parse_rfc3339("2026-01-01T00:00:00.123Z").value();
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return event;
}

TEST(OrderEventTest, RoundTripsThroughJson) {
  const auto event = sample();
  EXPECT_EQ(parse_order_event(to_json(event)).value(), event);
}

TEST(OrderEventTest, AmountsTooLargeForADoubleAreKeptToTheCent) {
  for (const std::int64_t minor :
       {999'999'999'999'999, 1'000'000'000'000'000, 9'999'999'999'000'001, INT64_MAX}) {
    auto event = sample();
    event.total = event.lines[0].subtotal = Money{minor};
    EXPECT_EQ(parse_order_event(to_json(event)).value(), event) << minor;
  }
}

TEST(OrderEventTest, NamesWhatItDoesNotUnderstand) {
  auto event = sample();
  event.type = "order.vanished";
  EXPECT_FALSE(parse_order_event(to_json(event)));
  EXPECT_NE(parse_order_event("{}").error().message.find("eventId"), std::string::npos);
  EXPECT_FALSE(parse_order_event("not json"));
}

TEST(OrderStatusTest, WordsReadBack) {
  for (const auto status : all_order_statuses) EXPECT_EQ(parse_order_status(to_string(status)), status);
  EXPECT_EQ(parse_order_status("lost"), std::nullopt);
  EXPECT_EQ(parse_order_kind("credit_note"), OrderKind::credit_note);
}

}  // namespace
}  // namespace cloudcart::events
