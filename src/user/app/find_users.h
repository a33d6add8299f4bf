#pragma once

#include <variant>

#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// Accounts by id, by address, or by how their address or name begins. Who may is the route's policy.
class FindUsers {
 public:
  using Wanted = std::variant<std::vector<UserId>, UserSearch>;

  explicit FindUsers(UserRepository& users) : users_(users) {}
  /// Of ids those that exist, in the order of the ids.
  Task<Result<std::vector<User>>> operator()(Caller caller, Wanted wanted);
  /// The one with the whole address. Errors: not_found.
  Task<Result<User>> by_email(Caller caller, std::string email);

 private:
  UserRepository& users_;
};

}  // namespace cloudcart::user
