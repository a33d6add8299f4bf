#pragma once

#include <utility>
#include <vector>

#include "order/domain/imported_order.h"
#include "order/ports/order_repository.h"
#include "support/order_history.h"

namespace cloudcart::order::sample {

using test::numbered;

constexpr auto no_deadline = Deadline::max();
inline const Timestamp noon = parse_rfc3339("2026-01-15T12:00:00.000Z").value();

/// Order `n` of user `user`, placed n seconds after noon; ids sort by n.
inline Order order(std::uint32_t n, std::uint32_t user = 1, TenantId tenant = {}) {
  return Order::place({.id = numbered<OrderId>(n),
                       .tenant = std::move(tenant),
                       .user_id = numbered<UserId>(user),
                       .currency = Currency::parse("GBP").value(),
                       .shipping_address = "12 St James Square\nLondon “SW1Y”",
                       .placed_at = noon + seconds{n}},
                      {{numbered<ProductId>(1), "Pot", "Kitchen", Money{1999}, 2},
                       {numbered<ProductId>(2), "Käse 🧀", "", Money{10}, 3}})
      .value();
}

inline events::OrderEvent event(const Order& order) {
  const auto number = static_cast<std::uint32_t>(order.id.value.bytes[14] << 8 | order.id.value.bytes[15]);
  return event_of(order, numbered<EventId>(number * 16 + static_cast<std::uint32_t>(order.version)), "");
}

inline NewOrder new_order(Order order) {
  auto created = event(order);
  return {std::move(order), std::move(created), std::nullopt};
}

/// Attempt `attempt` to use `key`, at noon.
inline ClaimRequest claim(std::string key, std::uint32_t attempt, Timestamp now = noon) {
  return {.key = {{TenantId{}, numbered<UserId>(1), "POST /api/orders", IdempotencyKey{std::move(key)}},
                  numbered<ClaimId>(attempt)},
          .fingerprint = {1, 2, 3},
          .proposed_order = numbered<OrderId>(1000 + attempt),
          .now = now,
          .held_until = now + seconds{30},
          .expires_at = now + std::chrono::hours{24}};
}

}  // namespace cloudcart::order::sample
