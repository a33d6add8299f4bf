#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/revocation.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"
#include "user/domain/session.h"
#include "user/domain/user.h"

namespace cloudcart::user {

struct OpenedSession {
  User user;                              ///< as of the session's own transaction
  std::vector<auth::Revocation> revoked;  ///< of sessions that had to make room
};

struct RefreshRequest {
  TenantId tenant;
  std::string presented_hash;
  std::string next_hash;  ///< of the token that takes its place
  Timestamp now;
  Timestamp access_expires_at;  ///< wished for the next access token
};

struct RefreshedSession {
  User user;
  SessionId session;
  Timestamp access_expires_at;  ///< as wished, but no later than the session's end
};

struct RefreshOutcome {
  std::optional<RefreshedSession> refreshed;  ///< empty: the token is unknown, expired or used
  std::vector<auth::Revocation> revoked;      ///< the session's end, when the token was used before
};

/// Sessions, one-use codes and the feed of revocations. Atomicity, tenants and common errors as in
/// UserRepository; an ended session and its entry in the feed are one transaction. Expired rows are removed
/// on the way.
class SessionRepository {
 public:
  virtual ~SessionRepository() = default;

  /// Errors: not_found when there is no such account, forbidden when it is deactivated.
  virtual Task<Result<OpenedSession>> open(Session session, Deadline deadline) = 0;

  /// Rotates the refresh token. Of calls with one token, also concurrent ones, a single one is answered with
  /// a session; any later one ends the session, because token and copy cannot be told apart.
  virtual Task<Result<RefreshOutcome>> refresh(RefreshRequest request, Deadline deadline) = 0;

  /// Ends the session. One that is not there any more revokes nothing.
  virtual Task<Result<std::vector<auth::Revocation>>> end(TenantId tenant, SessionId session,
                                                          Deadline deadline) = 0;

  /// The account's, oldest first, the expired ones not yet removed included; without their refresh_hash.
  virtual Task<Result<std::vector<Session>>> of_user(TenantId tenant, UserId user, Deadline deadline) = 0;

  /// In place of the one that the account has for the same purpose.
  virtual Task<Status> add_sign_in_code(SignInCode code, Deadline deadline) = 0;

  /// Whom open_by_code() would let in, deactivated or not; nothing is used up.
  virtual Task<Result<std::optional<User>>> owner_of_code(TenantId tenant, std::string code_hash,
                                                          CodePurpose purpose, Timestamp now,
                                                          Deadline deadline) = 0;

  /// Uses the code up and opens `session` for its account (session.user is set here), both or neither. Empty
  /// when the code is unknown, used, replaced, for another purpose, or was expired at session.created_at. Errors:
  /// forbidden when the account is deactivated.
  virtual Task<Result<std::optional<OpenedSession>>> open_by_code(std::string code_hash, CodePurpose purpose,
                                                                  Session session, Deadline deadline) = 0;

  /// Up to `limit` entries of all tenants beyond `after`, by seq; none of them expired at `now`.
  virtual Task<Result<auth::RevocationBatch>> revocations(std::int64_t after, std::int64_t limit,
                                                          Timestamp now, Deadline deadline) = 0;
};

}  // namespace cloudcart::user
