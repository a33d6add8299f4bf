#pragma once

#include <optional>
#include <string>

#include "core/caller.h"
#include "core/id.h"
#include "core/timestamp.h"

namespace cloudcart::user {

/// An account of a shop.
struct User {
  TenantId tenant;
  UserId id;
  std::string email;  ///< as it was entered; compare and look up by email_key()
  std::string first_name;
  std::string last_name;
  Role role = Role::customer;
  bool is_active = true;
  std::string
      password_hash;  ///< empty: no password, which signs in by one-use code only or (imported) not at all
  Timestamp rights_since;  ///< since when role, activation and password are what they are; only ever grows
  Timestamp created_at;
  Timestamp updated_at;
  bool operator==(const User&) const = default;
};

/// What people change on their own account; what is left out stays.
struct ProfileChange {
  std::optional<std::string> email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  bool is_empty() const { return !email && !first_name && !last_name; }
};

/// What decides on rights; what is left out stays.
struct AccountChange {
  std::optional<Role> role;
  std::optional<bool> is_active;
  std::optional<std::string> password_hash;
  /// Only while this is the hash: what was found out about it must still be true.
  std::optional<std::string> while_password_hash;

  /// Whether the account is still as the change expects it.
  bool fits(const User& user) const {
    return !while_password_hash || *while_password_hash == user.password_hash;
  }
  /// Whether any of it is not so already.
  bool changes(const User& user) const;
  /// Whether those who are signed in must sign in again, and not only get a token with their new rights.
  bool ends_sessions() const { return is_active == false || password_hash.has_value(); }
};

void apply(const ProfileChange& change, Timestamp now, User& user);
/// Also moves rights_since on: to `now`, and in any case beyond where it was, for clocks are set back.
void apply(const AccountChange& change, Timestamp now, User& user);

}  // namespace cloudcart::user
