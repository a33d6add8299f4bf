#include "adapters/sqlite/user/user_rows.h"

namespace cloudcart::sqlite {

std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id) {
  auto row = connection.prepare("SELECT " CLOUDCART_USER_COLUMNS " FROM user WHERE tenant = ? AND id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return user::read_user(row, tenant);
}

void insert_user(Connection& connection, std::string_view sql, const user::User& user) {
  const auto key = user::email_key(user.email);
  connection.prepare(sql)
      .bind_all(user.tenant.value, key, user.id, user.email, user.first_name, user.last_name,
                to_string(user.role), user.is_active, user.password_hash, user.rights_since, user.created_at,
                user.updated_at)
      .run();
}

}  // namespace cloudcart::sqlite
