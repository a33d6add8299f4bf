#pragma once

#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"
#include "user/domain/session.h"
#include "user/domain/user.h"

namespace cloudcart::user {

/// How a shop gets its first admin: by a token that was printed at the first start. A shop has at most one, and none
/// once it has an active admin. Atomicity, tenants and common errors as in UserRepository.
class SetupRepository {
 public:
  virtual ~SetupRepository() = default;

  /// Keeps the token, and answers true, unless the shop has an admin, or a token that is good beyond token.created_at:
  /// of several processes that start at once one prints its own.
  virtual Task<Result<bool>> offer(SetupToken token, Deadline deadline) = 0;

  /// Whether there is a token that may be taken.
  virtual Task<Result<bool>> is_open(TenantId tenant, Timestamp now, Deadline deadline) = 0;

  /// Whether it is this one.
  virtual Task<Result<bool>> is_good(TenantId tenant, std::string token_hash, Timestamp now,
                                     Deadline deadline) = 0;

  /// Uses the token up and adds the admin with the session it starts with, all or nothing. False when the token is
  /// unknown, used or was expired at admin.created_at, or the shop has an admin. Errors: conflict (field email) when
  /// the address is taken; then the token stays.
  virtual Task<Result<bool>> take(std::string token_hash, User admin, Session session, Deadline deadline) = 0;
};

}  // namespace cloudcart::user
