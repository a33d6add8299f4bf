#pragma once

#include <cstdint>

#include "auth/revocation.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::auth {

/// Where the revocations of the user service are read. Who is beyond the highest number there is has read what a
/// restore has undone, and must begin again: the same numbers are given to others.
///
/// Ordering: by seq; once an entry was given, none appears later at or below its seq. Each call gives a
/// bounded number of entries; an empty batch means that the end was reached. Errors: unavailable, overloaded,
/// deadline_exceeded.
class RevocationFeed {
 public:
  virtual ~RevocationFeed() = default;
  /// The entries beyond `after` that have not expired.
  virtual Task<Result<RevocationBatch>> read(std::int64_t after, Deadline deadline) = 0;
};

}  // namespace cloudcart::auth
