#include "auth/revocations.h"

#include <algorithm>
#include <mutex>

namespace cloudcart::auth {

Revocations::Revocations(const Clock& clock, std::size_t capacity)
    : clock_(clock), capacity_(std::max<std::size_t>(capacity, 1)) {}

void Revocations::apply(const std::vector<Revocation>& revocations) {
  const auto now = clock_.now();
  const std::unique_lock lock(mutex_);
  for (const auto& revocation : revocations) {
    if (revocation.expires_at <= now) continue;
    if (entries() >= capacity_) make_room();
    insert(revocation);
  }
}

bool Revocations::is_revoked(const AccessClaims& token) const {
  if (!known_) return true;
  const std::shared_lock lock(mutex_);
  if (token.expires_at <= refused_until_) return true;
  if (sessions_.contains({token.tenant, token.session})) return true;
  const auto changed = rights_.find({token.tenant, token.user});
  return changed != rights_.end() && token.rights_since < changed->second.not_before;
}

std::size_t Revocations::size() const {
  const std::shared_lock lock(mutex_);
  return entries();
}

void Revocations::insert(const Revocation& revocation) {
  if (const auto* ended = std::get_if<SessionEnded>(&revocation.what)) {
    auto& expires_at = sessions_[{revocation.tenant, ended->session}];
    expires_at = std::max(expires_at, revocation.expires_at);
    return;
  }
  const auto& changed = std::get<RightsChanged>(revocation.what);
  auto& rights = rights_[{revocation.tenant, changed.user}];
  rights.not_before = std::max(rights.not_before, changed.not_before);
  rights.expires_at = std::max(rights.expires_at, revocation.expires_at);
}

/// Frees at least a quarter of the capacity, so that its cost, which is linear, is spread over as many
/// insertions.
void Revocations::make_room() {
  drop_expiring_until(clock_.now());
  if (entries() <= capacity_ - capacity_ / 4) return;
  std::vector<Timestamp> times;
  times.reserve(entries());
  for (const auto& [key, expires_at] : sessions_) times.push_back(expires_at);
  for (const auto& [key, rights] : rights_) times.push_back(rights.expires_at);
  const auto quarter = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
  std::ranges::nth_element(times, quarter);
  refused_until_ = std::max(refused_until_, *quarter);
  drop_expiring_until(*quarter);
}

void Revocations::drop_expiring_until(Timestamp limit) {
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second <= limit; });
  std::erase_if(rights_, [&](const auto& entry) { return entry.second.expires_at <= limit; });
}

}  // namespace cloudcart::auth
