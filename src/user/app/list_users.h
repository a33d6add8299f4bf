#pragma once

#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// All accounts of the shop, newest first. Who may is the route's policy.
class ListUsers {
 public:
  explicit ListUsers(UserRepository& users) : users_(users) {}
  Task<Result<UserPage>> operator()(Caller caller, UserPageQuery query);

 private:
  UserRepository& users_;
};

}  // namespace cloudcart::user
