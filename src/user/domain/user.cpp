#include "user/domain/user.h"

#include <algorithm>

namespace cloudcart::user {

bool AccountChange::changes(const User& user) const {
  return (role && *role != user.role) || (is_active && *is_active != user.is_active) ||
         (password_hash && *password_hash != user.password_hash);
}

void apply(const ProfileChange& change, Timestamp now, User& user) {
  if (change.email) user.email = *change.email;
  if (change.first_name) user.first_name = *change.first_name;
  if (change.last_name) user.last_name = *change.last_name;
  user.updated_at = std::max(user.updated_at, now);
}

void apply(const AccountChange& change, Timestamp now, User& user) {
  if (change.role) user.role = *change.role;
  if (change.is_active) user.is_active = *change.is_active;
  if (change.password_hash) user.password_hash = *change.password_hash;
  user.rights_since = std::max(now, user.rights_since + milliseconds{1});
  user.updated_at = std::max(user.updated_at, now);
}

}  // namespace cloudcart::user
