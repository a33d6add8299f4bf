#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/caller.h"
#include "core/id.h"
#include "core/money.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "events/order_event.h"

namespace cloudcart::order {

/// What the contract allows in one order.
constexpr std::size_t max_lines = 100;
constexpr std::int64_t max_quantity = 1'000'000;
constexpr std::size_t min_address_length = 10;  ///< in code points
constexpr std::size_t max_address_length = 500;

/// Follows from the status: pending until the order is confirmed, paid from then on; an order that is
/// cancelled after it was paid is refunded, one that is cancelled before stays pending for ever.
enum class PaymentStatus : std::uint8_t { pending, paid, refunded };
std::string_view to_string(PaymentStatus status);
std::optional<PaymentStatus> parse_payment_status(std::string_view word);

/// So many of a product, as a customer asks for it.
struct LineRequest {
  ProductId product_id;
  std::int64_t quantity = 0;
  bool operator==(const LineRequest&) const = default;
};

/// The same with the catalogue's name and price of that moment.
struct PricedLine {
  ProductId product_id;
  std::string product_name;
  std::string category_name;
  Money price;
  std::int64_t quantity = 0;
  bool operator==(const PricedLine&) const = default;
};

/// An order keeps of a line what its events tell of it.
using OrderLine = events::EventLine;

/// pending → confirmed → processing → shipped → delivered; cancelled from pending, confirmed, processing.
bool may_follow(OrderStatus from, OrderStatus to);

/// What may follow, in the order of an order's life.
std::vector<OrderStatus> next_statuses(OrderStatus status);
/// Delivered or cancelled: nothing may follow.
bool is_final(OrderStatus status);

/// Who orders what comes from where; the catalogue adds the lines.
struct Placement {
  OrderId id;
  TenantId tenant;
  UserId user_id;
  Currency currency;
  std::string shipping_address;
  Timestamp placed_at;
};

/// The aggregate. Stores read and write its fields; everybody else changes it through its functions, each of
/// which makes exactly one new version, for which there is exactly one event (see event_of).
struct Order {
  OrderId id;
  TenantId tenant;
  UserId user_id;  ///< nil for an imported sale without a known customer
  OrderKind kind = OrderKind::sale;
  OrderStatus status = OrderStatus::pending;
  PaymentStatus payment_status = PaymentStatus::pending;
  Money total;
  Currency currency;
  std::string shipping_address;
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> cancelled_at;
  std::int64_t version = 1;
  std::vector<OrderLine> lines;

  /// A new pending sale at version 1. validation_failed when it has no lines or an amount does not fit.
  static Result<Order> place(Placement placement, std::vector<PricedLine> lines);

  /// The next step of its life; invalid_transition for every other, the present status included.
  Status move_to(OrderStatus next, Timestamp now);
  /// What a customer may still do: pending and confirmed orders only, else invalid_transition.
  Status cancel(Timestamp now);

  /// The order as it was at version 1: lines, address and totals never change, so this is exact.
  Order as_placed() const;

  bool operator==(const Order&) const = default;
};

/// Whether the event of the order's present version carries the lines: a created or cancelled one does.
bool event_tells_lines(const Order& order);
/// An id is remembered as closed much longer than any attempt at an order lasts, its key included.
inline constexpr std::chrono::hours closed_lifetime{7 * 24};
/// What a store answers when the order of a closed id shall be created.
Error closed_already();

/// The event of the order's present version.
events::OrderEvent event_of(const Order& order, EventId event_id, std::string traceparent);

}  // namespace cloudcart::order
