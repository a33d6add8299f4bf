#pragma once

#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::rows {

/// Of every so many orders with a key one removes that many expired keys and more: so they cannot pile up, no
/// order pays for many, and most pay for none.
inline constexpr int inserts_per_purge = 16;
inline constexpr int removed_per_purge = 64;

/// What the key stands for.
struct KeyRow {
  RequestFingerprint fingerprint{};
  OrderId order_id;
};
std::optional<KeyRow> find_key(sqlite::Connection& connection, const KeyScope& scope, Timestamp now);

/// The key of an order that is stored in the same transaction; `claim` tells the key, the request and the order.
/// False when the key stands for an order already; then nothing is written.
bool insert_key(sqlite::Connection& connection, const ClaimRequest& claim);

}  // namespace cloudcart::order::rows
