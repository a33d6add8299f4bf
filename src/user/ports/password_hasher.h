#pragma once

#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::user {

struct PasswordCheck {
  bool matches = false;
  bool is_outdated = false;  ///< matches, but should be hashed again: its method or cost is not today's
};

/// Slow one-way hashing of passwords, away from the event loops. Errors: overloaded, deadline_exceeded.
class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;
  /// `password` keeps password_violation()'s rules.
  virtual Task<Result<std::string>> hash(std::string password, Deadline deadline) = 0;
  /// Any text may be checked. An empty `hash` matches nothing and takes as long as one of today's cost, so
  /// that the time of the answer does not tell whether an account exists.
  virtual Task<Result<PasswordCheck>> verify(std::string password, std::string hash, Deadline deadline) = 0;
};

}  // namespace cloudcart::user
