#include "adapters/sqlite/user/user_rows.h"

namespace cloudcart::sqlite {

user::User read_user(const Statement& row, const TenantId& tenant) {
  return {.tenant = tenant,
          .id = row.id<UserId>(0),
          .email = row.string(1),
          .first_name = row.string(2),
          .last_name = row.string(3),
          .role = parse_role(row.text(4)).value(),
          .is_active = row.boolean(5),
          .password_hash = row.string(6),
          .rights_since = row.timestamp(7),
          .created_at = row.timestamp(8),
          .updated_at = row.timestamp(9)};
}

std::optional<user::User> find_user(Connection& connection, const TenantId& tenant, UserId id) {
  auto row = connection.prepare("SELECT " CLOUDCART_USER_COLUMNS " FROM user WHERE tenant = ? AND id = ?");
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return read_user(row, tenant);
}

}  // namespace cloudcart::sqlite
