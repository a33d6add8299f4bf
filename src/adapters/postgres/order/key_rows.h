#pragma once

#include <optional>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::tables {

/// Claims each key that is new or has expired, in the order given, and removes some expired keys now and then.
///
/// What is claimed need not be on disk: an attempt whose claim was lost with the server's memory cannot create its order
/// any more, as if it had been taken over, and the order of one that can is written after it.
std::vector<postgres::Query> claim_new_keys(const std::vector<ClaimRequest>& requests);
/// Whether each key is its request's now.
std::vector<bool> are_claimed(const std::vector<postgres::Rows>& answers, std::size_t requests);

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
