#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/caller.h"
#include "core/idempotency_key.h"
#include "core/sha256.h"
#include "order/domain/order.h"

namespace cloudcart::order {

/// A key means something within one account and one route only.
struct KeyScope {
  TenantId tenant;
  UserId user;
  std::string route;
  IdempotencyKey key;
  auto operator<=>(const KeyScope&) const = default;
};

/// From when its order was placed; after it a key is as if it had never been used.
inline constexpr std::chrono::hours key_lifetime{24};

/// Of every so many orders with a key one removes that many expired keys and more: so they cannot pile up, no
/// order pays for many, and most pay for none.
inline constexpr int inserts_per_purge = 16;
inline constexpr int removed_per_purge = 64;
/// Whether the order of this id is one that removes some.
bool removes_expired_keys(OrderId order_id);

/// SHA-256 of a request's meaning: white space, the order of JSON members and fields that are not read do not
/// count.
using RequestFingerprint = Sha256Digest;
RequestFingerprint fingerprint_of(UserId user_id, const std::vector<LineRequest>& lines,
                                  std::string_view shipping_address);

/// What a key answers that stands for another request.
Error key_conflict();

}  // namespace cloudcart::order
