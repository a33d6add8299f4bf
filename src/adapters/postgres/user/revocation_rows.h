#pragma once

#include "adapters/postgres/store/session.h"
#include "user/columns/user_columns.h"

/// The feed of revocations. The lock on its counter is the last that a transaction takes, and is held only until the
/// commit, which the same round trip brings.
namespace cloudcart::postgres {

/// Ends the transaction: runs `last`, puts `revocations` into the feed and commits, all in one round trip. Answers them
/// with their numbers. Nothing is sent when there is nothing to do.
Task<std::vector<auth::Revocation>> commit_with(Session& transaction, std::vector<Query> last,
                                                std::vector<auth::Revocation> revocations);

/// Those beyond `after` that are alive at `now`, for user::read_revocation().
Query selecting_revocations(std::int64_t after, std::int64_t limit, Timestamp now);

}  // namespace cloudcart::postgres
