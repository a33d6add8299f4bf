#pragma once

#include <optional>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::tables {

/// Claims the key if it is new or has expired, and removes some expired keys now and then.
///
/// What is claimed need not be on disk: an attempt whose claim was lost with the server's memory cannot create its order
/// any more, as if it had been taken over, and the order of one that can is written after it.
std::vector<postgres::Query> claim_new_key(const ClaimRequest& request);
/// Whether the key is the request's now.
bool is_claimed(const std::vector<postgres::Rows>& answers);

/// What is known of a key that has not expired.
struct StoredKey {
  BoundKey bound;
  RequestFingerprint fingerprint{};
  ClaimId claim;
  Timestamp held_until;
  bool is_closed = false;  ///< the order that it is bound to
};
postgres::Query select_key(const KeyScope& scope, Timestamp now);
std::optional<StoredKey> read_key(const postgres::Rows& rows);

/// Gives the key to the request, bound to `order_id`, if `claim` holds it still. Affects one row then, else none.
postgres::Query take_key_over(const ClaimRequest& request, OrderId order_id, ClaimId claim);
/// Frees the key if the claim holds it. Affects one row then, else none.
postgres::Query drop_key(const HeldKey& key);

}  // namespace cloudcart::order::tables
