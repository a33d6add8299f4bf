#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart {

/// Counts the committed changes of the store behind a cache, over all its tenants. What was read at version v
/// knows every change up to and including v. It may know later ones too: where changes commit in another order than they
/// are numbered in, a state knows more than one number can tell.
using Version = std::int64_t;

struct CacheEntry {
  std::string value;
  Version version = 0;
  bool operator==(const CacheEntry&) const = default;
};

/// A place for copies that may be lost at any moment, and that never goes back in time.
///
/// Ordering: after erase(key, v) or put_if_newer(key, entry of version v) has answered, get(key) never
/// answers an entry with a version below v again, not even when a slow reader puts one, and not after the
/// entry has been evicted. Idempotency: all methods. Errors: unavailable, deadline_exceeded. Callers treat a
/// read that failed as a miss and go on after a write that failed; the time to live bounds how long a value
/// lives whose erase was lost.
class Cache {
 public:
  virtual ~Cache() = default;
  /// One answer for each key, in their order; nullopt where the cache holds nothing.
  virtual Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys,
                                                                   Deadline deadline) = 0;
  /// Keeps `entry` unless a newer one is there, or the key was erased at a newer version.
  virtual Task<Status> put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                                    Deadline deadline) = 0;
  /// Forgets what the keys held before `version`.
  virtual Task<Status> erase(std::vector<std::string> keys, Version version, Deadline deadline) = 0;
};

}  // namespace cloudcart
