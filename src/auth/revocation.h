#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/caller.h"
#include "core/id.h"
#include "core/timestamp.h"

namespace cloudcart::auth {

/// Every access token of the session is dead.
struct SessionEnded {
  SessionId session;
  bool operator==(const SessionEnded&) const = default;
};

/// The account's role changed, or it was deactivated: tokens whose `rights_since` is earlier are dead.
struct RightsChanged {
  UserId user;
  Timestamp not_before;
  bool operator==(const RightsChanged&) const = default;
};

/// Access tokens that stop counting before they expire.
struct Revocation {
  std::int64_t seq = 0;  ///< its place in the feed; grows with each revocation
  TenantId tenant;
  std::variant<SessionEnded, RightsChanged> what;
  Timestamp expires_at;  ///< none of the tokens meant expires later; after it the entry can be forgotten
  bool operator==(const Revocation&) const = default;
};

struct RevocationBatch {
  std::vector<Revocation> revocations;
  /// Where to read on: the last entry's seq, or what was asked for when there is none.
  std::int64_t last = 0;
  /// That was ever given in this feed. It never falls, unless the store goes back to what it was, as by a restore.
  std::int64_t highest = 0;
};

}  // namespace cloudcart::auth
