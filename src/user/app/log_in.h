#pragma once

#include "user/app/check_password.h"
#include "user/app/session_issuer.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// Signs in with e-mail and password.
class LogIn {
 public:
  LogIn(CheckPassword& check_password, SessionRepository& sessions, SessionIssuer& issuer,
        auth::Revocations& revocations)
      : check_password_(check_password), sessions_(sessions), issuer_(issuer), revocations_(revocations) {}

  /// Errors: unauthenticated, the same in the same time for an unknown e-mail and a wrong password;
  /// forbidden, after the right password only, when the account is deactivated; rate_limited.
  Task<Result<SignedIn>> operator()(Caller caller, Credentials credentials);

 private:
  Task<Result<SignedIn>> withdraw(Caller caller, SessionId session);

  CheckPassword& check_password_;
  SessionRepository& sessions_;
  SessionIssuer& issuer_;
  auth::Revocations& revocations_;
};

}  // namespace cloudcart::user
