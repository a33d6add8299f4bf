#pragma once

#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "user/columns/user_columns.h"

/// What the repositories of this folder share about the table `user`. Called within their transactions.
namespace cloudcart::sqlite {

std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id);

}  // namespace cloudcart::sqlite
