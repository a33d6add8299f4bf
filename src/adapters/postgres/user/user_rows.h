#pragma once

#include <span>

#include "adapters/postgres/store/session.h"
#include "core/result.h"
#include "user/columns/user_columns.h"

/// What the repositories of this folder share about the table `account`.
namespace cloudcart::postgres {

std::vector<user::User> read_users(const Rows& rows, const TenantId& tenant);
/// Of an answer of one row or none.
std::optional<user::User> read_found_user(const Rows& rows, const TenantId& tenant);

/// The account, locked until the transaction ends.
Query selecting_for_update(const TenantId& tenant, UserId id);

/// What becomes of an account whose id or address is there already.
enum class Existing : std::uint8_t { is_violation, is_left };
Query inserting(std::span<const user::User> users, Existing existing);
/// Removes those of them that this transaction has inserted although they were erased: an insert that waits for the row of
/// an account that is being erased has asked about erasures before. To be run after it, for it sees that erasure.
Query removing_erased(std::span<const user::User> users);
/// Writes everything of the account anew but its id and when it was made.
Query updating(const user::User& user);

/// Ends a transaction with changes that may meet the unique index over addresses.
Task<Status> commit_unless_email_taken(Session& transaction, std::vector<Query> changes);

}  // namespace cloudcart::postgres
