#include "adapters/sqlite/order/claim_table.h"

namespace cloudcart::order {

Result<ClaimTable::Taken> ClaimTable::take(const ClaimRequest& request) {
  const std::scoped_lock lock(mutex_);
  auto found = claims_.find(request.key.scope);
  if (found != claims_.end() && found->second.expires_at <= request.now) {
    claims_.erase(found);
    found = claims_.end();
  }
  if (found == claims_.end()) {
    if (claims_.size() >= most_claims_) drop_those_that_ran_out(request.now);
    if (claims_.size() >= most_claims_)
      return fail(ErrorCode::overloaded, "The server is busy; try again soon.");
    claims_.emplace(request.key.scope, request);
    return Taken{request.proposed_order, true};
  }
  auto& claim = found->second;
  if (claim.fingerprint != request.fingerprint) return fail(key_conflict());
  const auto order_id = claim.proposed_order;
  if (request.is_blocked_by(claim.held_until)) return Taken{order_id, false};
  claim = request;
  claim.proposed_order = order_id;
  return Taken{order_id, true};
}

bool ClaimTable::rebind(const ClaimRequest& request, OrderId abandoned) {
  const std::scoped_lock lock(mutex_);
  const auto found = claims_.find(request.key.scope);
  if (found == claims_.end() || found->second.proposed_order != abandoned) return false;
  found->second = request;
  return true;
}

std::optional<ClaimRequest> ClaimTable::held(const HeldKey& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = claims_.find(key.scope);
  if (found == claims_.end() || found->second.key.claim != key.claim) return std::nullopt;
  return found->second;
}

bool ClaimTable::drop(const HeldKey& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = claims_.find(key.scope);
  if (found == claims_.end() || found->second.key.claim != key.claim) return false;
  claims_.erase(found);
  return true;
}

void ClaimTable::let_go(const HeldKey& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = claims_.find(key.scope);
  if (found != claims_.end() && found->second.key.claim == key.claim)
    found->second.held_until = found->second.now;
}

void ClaimTable::drop_those_that_ran_out(Timestamp now) {
  std::erase_if(claims_, [now](const auto& entry) { return entry.second.held_until <= now; });
}

}  // namespace cloudcart::order
