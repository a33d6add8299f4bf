#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/money.h"
#include "core/timestamp.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// The number of orders of no known customer.
constexpr std::uint32_t no_customer = 0;

/// What an order holds of one item: a product in a category.
struct ItemLine {
  std::uint32_t item = 0;
  std::int32_t quantity = 0;
  std::int64_t amount = 0;  ///< minor units
  bool operator==(const ItemLine&) const = default;
};

/// The order being placed, or what is given back of it.
struct Sale {
  Timestamp at;
  std::int64_t amount = 0;  ///< minor units
  std::int64_t units = 0;
  std::vector<ItemLine> lines;  ///< each item once
  bool operator==(const Sale&) const = default;
};

/// What has become known of an order. Each flow is told once, in any order, but that an order was shipped or delivered
/// only once it is known to be placed: how long that took counts.
struct OrderChange {
  std::uint32_t number = 0;  ///< of the order: dense, from 0
  std::uint32_t customer = no_customer;
  OrderId order;  ///< decides which of a customer's equally early orders is the first
  OrderStatus status = OrderStatus::pending;
  OrderKind kind = OrderKind::sale;
  std::optional<Sale> placed;
  std::optional<Sale> given_back;
  std::optional<Timestamp> shipped_at;
  std::optional<Timestamp> delivered_at;
};

}  // namespace cloudcart::analytics
