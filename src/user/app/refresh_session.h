#pragma once

#include "user/app/session_issuer.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// Exchanges a refresh token for a new pair of tokens.
class RefreshSession {
 public:
  RefreshSession(SessionRepository& sessions, SessionIssuer& issuer, auth::Revocations& revocations,
                 const Clock& clock)
      : sessions_(sessions), issuer_(issuer), revocations_(revocations), clock_(clock) {}

  /// Errors: unauthenticated when the token is unknown, expired or was used before; the last ends its
  /// session.
  Task<Result<SignedIn>> operator()(Caller caller, std::string refresh_token);

 private:
  SessionRepository& sessions_;
  SessionIssuer& issuer_;
  auth::Revocations& revocations_;
  const Clock& clock_;
};

}  // namespace cloudcart::user
