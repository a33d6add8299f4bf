#pragma once

#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "user/columns/user_columns.h"
#include "user/domain/account_rules.h"

/// What the repositories of this folder share about the table `user`. Called within their transactions.
namespace cloudcart::sqlite {

std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id);

inline constexpr std::string_view insert_user_sql =
    "INSERT INTO user(tenant, email_key, " CLOUDCART_USER_COLUMNS
    ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
/// Skips whoever is there, or was erased.
inline constexpr std::string_view import_user_sql =
    "INSERT OR IGNORE INTO user(tenant, email_key, " CLOUDCART_USER_COLUMNS
    ") SELECT ?1, ?, ?3, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    " WHERE NOT EXISTS (SELECT 1 FROM erasure WHERE tenant = ?1 AND user_id = ?3)";

/// By one of the two statements above.
void insert_user(Connection& connection, std::string_view sql, const user::User& user);

/// Runs a change that may meet the unique index over addresses.
template <class F>
Status unless_email_taken(F change) {
  try {
    change();
    return {};
  } catch (const Failure& failure) {
    if (!failure.is_unique_violation()) throw;
    return fail(user::email_taken());
  }
}

}  // namespace cloudcart::sqlite
