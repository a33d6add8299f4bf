#pragma once

#include "auth/revocations.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "user/ports/password_hasher.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

struct NewAccount {
  std::string email;
  Role role = Role::customer;
  std::optional<std::string> password;  ///< empty: the account signs in by one-use codes only
  std::string first_name = "Shop";
  std::string last_name = "Account";
  /// An account with this e-mail gets role and password instead (and is activated); else that is an error.
  bool update_existing = false;
};

struct CreatedUser {
  User user;
  bool is_new = false;
};

/// Makes an account of any role, for the operator's command.
class CreateUser {
 public:
  CreateUser(UserRepository& users, PasswordHasher& hasher, auth::Revocations& revocations,
             const Clock& clock, IdGenerator& ids)
      : users_(users), hasher_(hasher), revocations_(revocations), clock_(clock), ids_(ids) {}

  /// Errors: validation_failed with all violations; conflict when the e-mail is taken and is not to be
  /// updated.
  Task<Result<CreatedUser>> operator()(Caller caller, NewAccount account);

 private:
  Task<Result<CreatedUser>> update(Caller caller, UserId id, Role role, std::optional<std::string> hash);

  UserRepository& users_;
  PasswordHasher& hasher_;
  auth::Revocations& revocations_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace cloudcart::user
