#pragma once

#include "core/clock.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// The caller's own account.
class GetProfile {
 public:
  explicit GetProfile(UserRepository& users) : users_(users) {}
  /// Errors: not_found when the account is gone.
  Task<Result<User>> operator()(Caller caller);

 private:
  UserRepository& users_;
};

/// Changes the caller's own account.
class UpdateProfile {
 public:
  UpdateProfile(UserRepository& users, const Clock& clock) : users_(users), clock_(clock) {}
  /// `change` keeps account_rules.h. Errors: conflict when another account has the e-mail.
  Task<Result<User>> operator()(Caller caller, ProfileChange change);

 private:
  UserRepository& users_;
  const Clock& clock_;
};

}  // namespace cloudcart::user
