#pragma once

#include "auth/revocations.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// Ends the caller's session: its tokens are dead here at once, and on every other process once it has read
/// the feed.
class LogOut {
 public:
  LogOut(SessionRepository& sessions, auth::Revocations& revocations)
      : sessions_(sessions), revocations_(revocations) {}

  /// `session` as the verified token names it.
  Task<Status> operator()(Caller caller, SessionId session);

 private:
  SessionRepository& sessions_;
  auth::Revocations& revocations_;
};

}  // namespace cloudcart::user
