#pragma once

#include <map>
#include <mutex>

#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics {

/// Claims of attempts where one process alone has the store: a claim of a process that died is nobody's any more, so they
/// need not outlive it. Safe between threads.
class DeliveryClaims {
 public:
  using Key = std::pair<TenantId, AlertEventId>;

  /// False when somebody has it.
  bool take(const Key& key, const DeliveryClaim& claim) {
    const std::scoped_lock lock(mutex_);
    const auto [held, is_new] = held_until_.try_emplace(key, claim.until);
    if (!is_new && held->second > claim.now) return false;
    held->second = claim.until;
    return true;
  }
  /// Does nothing when another claim stands.
  void release(const Key& key, const DeliveryClaim& claim) {
    const std::scoped_lock lock(mutex_);
    const auto held = held_until_.find(key);
    if (held != held_until_.end() && held->second == claim.until) held_until_.erase(held);
  }
  void forget(const Key& key) {
    const std::scoped_lock lock(mutex_);
    held_until_.erase(key);
  }
  bool is_taken(const Key& key, Timestamp beyond) const {
    const std::scoped_lock lock(mutex_);
    const auto held = held_until_.find(key);
    return held != held_until_.end() && held->second > beyond;
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return held_until_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<Key, Timestamp> held_until_;
};

}  // namespace cloudcart::analytics
