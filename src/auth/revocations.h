#pragma once

#include <atomic>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "auth/revocation.h"
#include "auth/token_codec.h"
#include "core/clock.h"

namespace cloudcart::auth {

/// The access tokens that are dead before their time, in memory. Read for every request, on every event loop,
/// and changed a few times a second at most. Safe to share between threads.
///
/// Bounded: beyond `capacity` the entries that would expire soonest are dropped, and every token that expires
/// no later than they would have is refused instead. No dead token comes back to life that way, and a session
/// that is hit gets a fresh token by its refresh token.
class Revocations {
 public:
  explicit Revocations(const Clock& clock, std::size_t capacity = 100'000);

  /// Repeating a revocation changes nothing.
  void apply(const std::vector<Revocation>& revocations);
  bool is_revoked(const AccessClaims& token) const;
  /// While what is dead is not known (a process that has just started, and cannot reach the feed), every
  /// token is refused. Known from the beginning unless set otherwise.
  void set_known(bool known) { known_ = known; }
  bool are_known() const { return known_; }
  std::size_t size() const;

 private:
  template <class IdType>
  struct Key {
    TenantId tenant;
    IdType id;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    template <class IdType>
    std::size_t operator()(const Key<IdType>& key) const noexcept {
      return std::hash<IdType>{}(key.id) ^ std::hash<std::string>{}(key.tenant.value);
    }
  };
  struct Rights {
    Timestamp not_before;
    Timestamp expires_at;
  };

  void insert(const Revocation& revocation);
  void make_room();
  void drop_expiring_until(Timestamp limit);
  std::size_t entries() const { return sessions_.size() + rights_.size(); }

  const Clock& clock_;
  const std::size_t capacity_;
  std::atomic<bool> known_{true};
  mutable std::shared_mutex mutex_;
  std::unordered_map<Key<SessionId>, Timestamp, Hash> sessions_;  ///< to the time of expiry
  std::unordered_map<Key<UserId>, Rights, Hash> rights_;
  Timestamp refused_until_ = Timestamp::min();  ///< tokens that expire no later are refused
};

}  // namespace cloudcart::auth
