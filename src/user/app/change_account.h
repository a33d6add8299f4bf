#pragma once

#include "auth/revocations.h"
#include "core/clock.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// An admin changes an account's role, or deactivates it.
class ChangeAccount {
 public:
  ChangeAccount(UserRepository& users, auth::Revocations& revocations, const Clock& clock)
      : users_(users), revocations_(revocations), clock_(clock) {}

  /// Errors: not_found; conflict when admins would take away their own rights, which could leave a shop
  /// without any.
  Task<Result<User>> operator()(Caller caller, UserId id, AccountChange change);

 private:
  UserRepository& users_;
  auth::Revocations& revocations_;
  const Clock& clock_;
};

}  // namespace cloudcart::user
