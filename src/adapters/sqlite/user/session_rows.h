#pragma once

#include <optional>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "core/result.h"
#include "user/domain/session.h"
#include "user/ports/user_repository.h"

/// What the repositories of this folder share about sessions and revocations. Called within their
/// transactions.
namespace cloudcart::sqlite {

/// Adds the session and removes some of what has expired. Answers what ended to keep the account within its
/// bound.
std::vector<auth::Revocation> insert_session(Connection& connection, const user::Session& session);

/// Removes the session, its refresh tokens included, and records that its access tokens are dead. Empty when
/// there is none.
std::optional<auth::Revocation> end_session(Connection& connection, const TenantId& tenant, SessionId id);

/// The moment after which none of the account's sessions has a living access token; nullopt without sessions.
std::optional<Timestamp> last_access_expiry(Connection& connection, const TenantId& tenant, UserId user);

/// Removes the sessions of an account without a word in the feed.
void remove_sessions_of(Connection& connection, const TenantId& tenant, UserId user);

/// Removes the one-use codes of an account.
void remove_codes_of(Connection& connection, const TenantId& tenant, UserId user);

/// Puts the entry into the feed and answers it with its number.
auth::Revocation record(Connection& connection, auth::Revocation revocation);

}  // namespace cloudcart::sqlite
