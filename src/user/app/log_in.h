#pragma once

#include "user/app/login_throttle.h"
#include "user/app/session_issuer.h"
#include "user/ports/password_hasher.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

struct Credentials {
  std::string email;
  std::string password;
  std::string address;  ///< where the attempt comes from, for the throttle
};

/// Signs in with e-mail and password.
class LogIn {
 public:
  LogIn(UserRepository& users, SessionRepository& sessions, PasswordHasher& hasher, SessionIssuer& issuer,
        LoginThrottle& throttle, auth::Revocations& revocations)
      : users_(users),
        sessions_(sessions),
        hasher_(hasher),
        issuer_(issuer),
        throttle_(throttle),
        revocations_(revocations) {}

  /// Errors: unauthenticated, the same in the same time for an unknown e-mail and a wrong password;
  /// forbidden, after the right password only, when the account is deactivated; rate_limited.
  Task<Result<SignedIn>> operator()(Caller caller, Credentials credentials);

 private:
  Task<Result<User>> check_password(Caller caller, Credentials credentials);
  Task<Result<SignedIn>> withdraw(Caller caller, SessionId session);
  Task<void> rehash(Caller caller, User user, std::string password);

  UserRepository& users_;
  SessionRepository& sessions_;
  PasswordHasher& hasher_;
  SessionIssuer& issuer_;
  LoginThrottle& throttle_;
  auth::Revocations& revocations_;
};

}  // namespace cloudcart::user
