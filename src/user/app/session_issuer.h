#pragma once

#include <optional>
#include <string>

#include "auth/revocations.h"
#include "auth/token_codec.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "user/app/options.h"
#include "user/domain/session.h"
#include "user/domain/user.h"

namespace cloudcart::user {

/// What a client gets when it signs in.
struct SignedIn {
  User user;
  std::string token;
  std::string refresh_token;
  seconds expires_in{0};  ///< of the token
};

/// A session to be stored, with the secret that only its client will know.
struct DraftSession {
  Session session;
  std::string refresh_token;
};

/// Makes sessions and their tokens; storing them is the use case's, in whatever transaction it needs.
class SessionIssuer {
 public:
  SessionIssuer(const auth::TokenCodec& tokens, const Clock& clock, IdGenerator& ids, SessionOptions options);

  DraftSession draft(TenantId tenant, UserId user);
  /// The answer once the session is stored. `user` is as of that transaction: a change of rights that comes
  /// later revokes the token.
  SignedIn sign(User user, SessionId session, Timestamp access_expires_at, std::string refresh_token);
  /// When an access token that is issued now expires.
  Timestamp next_access_expiry() const;

 private:
  Timestamp issue_time() const;

  const auth::TokenCodec& tokens_;
  const Clock& clock_;
  IdGenerator& ids_;
  const SessionOptions options_;
};

}  // namespace cloudcart::user
