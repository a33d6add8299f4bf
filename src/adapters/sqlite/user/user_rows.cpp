#include "adapters/sqlite/user/user_rows.h"

namespace cloudcart::sqlite {

std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id) {
  auto row = connection.prepare("SELECT " CLOUDCART_USER_COLUMNS " FROM user WHERE tenant = ? AND id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return user::read_user(row, tenant);
}

}  // namespace cloudcart::sqlite
