#pragma once

#include "adapters/sqlite/store/connection.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::rows {

/// Expired keys removed with each claim: more than come in, so that they cannot pile up, and few enough that
/// no request pays for many.
inline constexpr int purged_per_claim = 4;

Result<BoundKey> claim(sqlite::Connection& connection, const ClaimRequest& request, const Uuid& process);
/// Whether the claim was this attempt's; then the key is free.
bool drop(sqlite::Connection& connection, const HeldKey& key);
/// Whether the claim was this attempt's; then the key is completed.
bool complete(sqlite::Connection& connection, const HeldKey& key);

}  // namespace cloudcart::order::rows
