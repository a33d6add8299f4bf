#pragma once

#include "user/app/check_password.h"
#include "user/app/session_issuer.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

struct PasswordChange {
  std::string current;
  std::string next;     ///< keeps password_violation()'s rules
  std::string address;  ///< where the attempt comes from, for the throttle
};

/// Sets another password. Every session of the account ends, the caller's with it, and a new one is opened for who has
/// set it.
class ChangePassword {
 public:
  ChangePassword(UserRepository& users, SessionRepository& sessions, PasswordHasher& hasher,
                 CheckPassword& check_password, SessionIssuer& issuer, auth::Revocations& revocations,
                 const Clock& clock)
      : users_(users),
        sessions_(sessions),
        hasher_(hasher),
        check_password_(check_password),
        issuer_(issuer),
        revocations_(revocations),
        clock_(clock) {}

  /// The caller's own. Guesses at the present password are slowed down as those of sign-ins are, and together with
  /// them. Errors: validation_failed (current_password) when it is wrong; rate_limited; conflict when the account has
  /// changed meanwhile.
  Task<Result<SignedIn>> operator()(Caller caller, PasswordChange change);
  /// Of the account that a one-use code is for; the code is used up. Errors: unauthenticated when the code is unknown,
  /// used or expired; forbidden when the account is deactivated.
  Task<Result<SignedIn>> by_code(Caller caller, std::string code, std::string next);

 private:
  Task<Result<SignedIn>> set(Caller caller, User user, AccountChange change);

  UserRepository& users_;
  SessionRepository& sessions_;
  PasswordHasher& hasher_;
  CheckPassword& check_password_;
  SessionIssuer& issuer_;
  auth::Revocations& revocations_;
  const Clock& clock_;
};

}  // namespace cloudcart::user
