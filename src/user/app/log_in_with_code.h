#pragma once

#include "user/app/session_issuer.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// Signs in with a one-use code.
class LogInWithCode {
 public:
  LogInWithCode(SessionRepository& sessions, SessionIssuer& issuer, auth::Revocations& revocations)
      : sessions_(sessions), issuer_(issuer), revocations_(revocations) {}

  /// Errors: unauthenticated when the code is unknown, used or expired; forbidden when the account is
  /// deactivated.
  Task<Result<SignedIn>> operator()(Caller caller, std::string code);

 private:
  SessionRepository& sessions_;
  SessionIssuer& issuer_;
  auth::Revocations& revocations_;
};

}  // namespace cloudcart::user
