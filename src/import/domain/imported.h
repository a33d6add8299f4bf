#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/money.h"
#include "core/timestamp.h"
#include "events/order_event.h"

namespace cloudcart::history {

/// What an import brings, in plain words. Ids are derived from the source, so that the same history gives the
/// same ids on every run.
struct ImportedProduct {
  ProductId id;
  std::string sku;            ///< 1–100 characters, unique
  std::string name;           ///< 2–255
  std::string category_name;  ///< 1–100
  Money price;                ///< above zero
  std::int64_t inventory_count = 0;
  Timestamp created_at;  ///< first seen in the history
};

/// Nobody can sign in as one: there is no password.
struct ImportedCustomer {
  UserId id;
  std::string email;       ///< unique, lower case, never deliverable (…@import.invalid, RFC 2606)
  std::string first_name;  ///< 2–100
  std::string last_name;   ///< 2–100
  Timestamp created_at;    ///< time of the first order
};

struct ImportedOrderLine {
  ProductId product_id;
  std::string product_name;
  std::string category_name;
  std::int64_t quantity = 0;  ///< above zero, on credit notes too
  Money price;
  Money subtotal;
};

/// One step of an order's life, and one event on the log. The first is order.created for a sale and
/// order.cancelled for a credit note; each has version 1, 2, … in this order.
struct ImportedOrderEvent {
  EventId id;
  OrderStatus status = OrderStatus::delivered;  ///< after it
  Timestamp at;
};

struct ImportedOrder {
  OrderId id;
  UserId user_id;
  OrderKind kind = OrderKind::sale;
  OrderStatus status = OrderStatus::delivered;  ///< that of the last event
  Money total;
  std::string shipping_address;  ///< 10–500 characters
  Timestamp created_at;
  std::optional<Timestamp> cancelled_at;
  std::vector<ImportedOrderLine> lines;    ///< at least one; more than an order by API may have
  std::vector<ImportedOrderEvent> events;  ///< one or two
};

}  // namespace cloudcart::history
