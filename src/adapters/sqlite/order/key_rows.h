#pragma once

#include <functional>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::rows {

/// What the key stands for.
struct KeyRow {
  RequestFingerprint fingerprint{};
  OrderId order_id;
};
/// Every key with when it was stored, oldest first.
void for_each_key(sqlite::Connection& connection,
                  const std::function<void(const KeyScope& scope, Timestamp stored_at)>& take);
std::optional<KeyRow> find_key(sqlite::Connection& connection, const KeyScope& scope, Timestamp now);

/// The key of an order that is stored in the same transaction; `claim` tells the key, the request and the order.
/// False when the key stands for an order already; then nothing is written.
bool insert_key(sqlite::Connection& connection, const ClaimRequest& claim);

}  // namespace cloudcart::order::rows
