#pragma once

#include "user/app/login_throttle.h"
#include "user/ports/password_hasher.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

struct Credentials {
  std::string email;
  std::string password;
  std::string address;  ///< where the attempt comes from, for the throttle
};

/// Whose e-mail and password these are; those who guess are slowed down.
class CheckPassword {
 public:
  CheckPassword(UserRepository& users, PasswordHasher& hasher, LoginThrottle& throttle)
      : users_(users), hasher_(hasher), throttle_(throttle) {}

  /// Errors: unauthenticated, the same in the same time for an unknown e-mail and a wrong password; rate_limited.
  Task<Result<User>> operator()(Caller caller, Credentials credentials);
  /// Of who is signed in already, so a wrong one is a wrong field and no reason to sign in again; guesses count
  /// together with those of sign-ins. Errors: validation_failed (`field`); not_found; rate_limited.
  Task<Result<User>> of_caller(Caller caller, std::string password, std::string address, std::string field);

 private:
  Task<Result<User>> check(Caller caller, Credentials credentials);
  Task<void> rehash(Caller caller, User& user, std::string password);

  UserRepository& users_;
  PasswordHasher& hasher_;
  LoginThrottle& throttle_;
};

}  // namespace cloudcart::user
