#pragma once

#include "core/clock.h"
#include "user/app/options.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// Makes the code of a printed sign-in link.
class IssueSignInCode {
 public:
  IssueSignInCode(SessionRepository& sessions, const Clock& clock, SessionOptions options)
      : sessions_(sessions), clock_(clock), lifetime_(options.code_lifetime) {}

  /// Whoever has the code is signed in as `user`, once and soon: it belongs on a terminal, not into a log.
  Task<Result<std::string>> operator()(Caller caller, UserId user);

 private:
  SessionRepository& sessions_;
  const Clock& clock_;
  const seconds lifetime_;
};

}  // namespace cloudcart::user
