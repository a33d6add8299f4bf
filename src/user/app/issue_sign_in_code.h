#pragma once

#include "core/clock.h"
#include "user/app/options.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

struct IssuedCode {
  std::string code;
  Timestamp expires_at;
};

/// Makes one-use codes, by which their bearer signs in or, with one of the other kind, sets a new password. An account has
/// one of a kind at most: the newest.
class IssueSignInCode {
 public:
  IssueSignInCode(UserRepository& users, SessionRepository& sessions, const Clock& clock,
                  SessionOptions options)
      : users_(users), sessions_(sessions), clock_(clock), options_(options) {}

  /// For a printed sign-in link.
  /// Whoever has the code is signed in as `user`, once and soon: it belongs on a terminal, not into a log.
  Task<Result<std::string>> operator()(Caller caller, UserId user);
  /// For an admin to hand to somebody who has forgotten the password; lives longer. Errors: not_found; forbidden when
  /// the account is deactivated.
  Task<Result<IssuedCode>> for_reset(Caller caller, UserId user);
  /// Whose the code is, as long as it is good; it stays so.
  Task<Result<std::optional<User>>> owner_of(Caller caller, std::string code, CodePurpose purpose);

 private:
  Task<Result<IssuedCode>> issue(Caller caller, UserId user, CodePurpose purpose, seconds lifetime);

  UserRepository& users_;
  SessionRepository& sessions_;
  const Clock& clock_;
  const SessionOptions options_;
};

}  // namespace cloudcart::user
