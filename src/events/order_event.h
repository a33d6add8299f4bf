#pragma once

#include <array>
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

namespace cloudcart {

/// The states of an order, in the order of its life. The words are part of the contract.
enum class OrderStatus : std::uint8_t { pending, confirmed, processing, shipped, delivered, cancelled };
constexpr std::array all_order_statuses{OrderStatus::pending, OrderStatus::confirmed, OrderStatus::processing,
                                        OrderStatus::shipped, OrderStatus::delivered, OrderStatus::cancelled};
std::string_view to_string(OrderStatus status);
std::optional<OrderStatus> parse_order_status(std::string_view word);

/// A sale, or an imported document that gives back part of earlier sales: it is cancelled from the start and
/// counts only as cancelled.
enum class OrderKind : std::uint8_t { sale, credit_note };
std::string_view to_string(OrderKind kind);
std::optional<OrderKind> parse_order_kind(std::string_view word);

namespace events {

struct EventLine {
  ProductId product_id;
  std::string product_name;
  std::string category_name;
  std::int64_t quantity = 0;
  Money price;
  Money subtotal;
  bool operator==(const EventLine&) const = default;
};

/// What the order service tells the world. `version` counts 1, 2, … without gaps within an order. An event of
/// type created may carry any status: an imported order's history before the import is not known and is not
/// made up.
struct OrderEvent {
  EventId event_id;
  TenantId tenant;
  /// Which topic: "order.created" for version 1 of a sale, else "order.<status>".
  std::string type;
  std::int64_t version = 1;
  OrderId order_id;
  UserId user_id;
  OrderStatus status = OrderStatus::pending;
  OrderKind kind = OrderKind::sale;
  Money total;
  Currency currency;
  std::vector<EventLine> lines;  ///< on created and cancelled
  Timestamp timestamp;
  std::string traceparent;

  bool is_created() const { return type == "order.created"; }
  bool is_cancelled() const { return type == "order.cancelled"; }
  bool operator==(const OrderEvent&) const = default;
};

/// The topics, in the order of an order's life.
constexpr std::array<std::string_view, 6> order_topics{"order.created", "order.confirmed", "order.processing",
                                                       "order.shipped", "order.delivered", "order.cancelled"};

/// The JSON value of api.md.
std::string to_json(const OrderEvent& event);
/// Accepts what to_json writes; malformed_request with the reason otherwise.
Result<OrderEvent> parse_order_event(std::string_view json);

}  // namespace events
}  // namespace cloudcart
