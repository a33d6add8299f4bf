#pragma once

#include "user/app/login_throttle.h"
#include "user/ports/password_hasher.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

struct Credentials {
  std::string email;
  std::string password;
  std::string address;  ///< the network that the attempt comes from, for the throttle
};

/// Whose e-mail and password these are; those who guess are slowed down.
class CheckPassword {
 public:
  CheckPassword(UserRepository& users, PasswordHasher& hasher, LoginThrottle& sign_ins, LoginThrottle& owners)
      : users_(users), hasher_(hasher), sign_ins_(sign_ins), owners_(owners) {}

  /// Errors: unauthenticated, the same in the same time for an unknown e-mail and a wrong password; rate_limited.
  Task<Result<User>> operator()(Caller caller, Credentials credentials);
  /// Of who is signed in already, so a wrong one is a wrong field and no reason to sign in again. Guesses count by the
  /// account itself, whatever its e-mail is, and apart from sign-ins, at which strangers may fail. Errors: validation_failed (`field`); not_found; rate_limited.
  Task<Result<User>> of_caller(Caller caller, std::string password, std::string address, std::string field);

 private:
  Task<Result<User>> check(Caller caller, std::string email, std::string password);
  Task<Result<User>> check_own(Caller caller, std::string password);
  Task<Result<User>> verify(Caller caller, std::optional<User> user, std::string password);
  static void settle(LoginThrottle& throttle, const TenantId& tenant, const std::string& account,
                     const std::string& address, const Result<User>& user);
  Task<void> rehash(Caller caller, User& user, std::string password);

  UserRepository& users_;
  PasswordHasher& hasher_;
  LoginThrottle& sign_ins_;  ///< accounts by email_key()
  LoginThrottle& owners_;    ///< by their ids
};

}  // namespace cloudcart::user
