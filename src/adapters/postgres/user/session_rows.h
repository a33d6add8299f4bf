#pragma once

#include "adapters/postgres/store/session.h"
#include "core/result.h"
#include "user/ports/session_repository.h"

/// What the repositories of this folder share about sessions. So that transactions never wait for each other in a
/// circle, all lock in one order: a sign-in code, the account, its sessions, the counter of revocations. Several
/// sessions of an account are locked by who has locked the account only.
namespace cloudcart::postgres {

/// The session with its refresh token.
std::vector<Query> inserting(const user::Session& session);

/// Removes the session, its refresh tokens included. Answers what the feed has to know; nothing when there is none.
Task<std::vector<auth::Revocation>> end_session(Session& transaction, TenantId tenant, SessionId id);

/// Opens the session for its account and ends the oldest beyond the account's bound; commits.
Task<Result<user::OpenedSession>> open_session(Session& transaction, user::Session session);

/// Locks the account's sessions. Answers the moment after which none of them has a living access token; NULL without
/// sessions.
Query selecting_last_access_expiry_for_update(const TenantId& tenant, UserId user);

/// Locks the account's one-use codes, before the account.
Query selecting_codes_for_update(const TenantId& tenant, UserId user);
Query removing_codes_of(const TenantId& tenant, UserId user);

/// Removes the sessions of an account without a word in the feed.
Query removing_sessions_of(const TenantId& tenant, UserId user);

}  // namespace cloudcart::postgres
