#pragma once

#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "user/domain/user.h"

/// What the repositories of this folder share about the table `user`. Called within their transactions.
namespace cloudcart::sqlite {

/// The columns in the order that read_user() expects.
#define CLOUDCART_USER_COLUMNS \
  "id, email, first_name, last_name, role, is_active, password_hash, rights_since, created_at, updated_at"

user::User read_user(const Statement& row, const TenantId& tenant);
std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id);

}  // namespace cloudcart::sqlite
