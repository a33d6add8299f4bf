#include "user/app/list_users.h"

namespace cloudcart::user {

Task<Result<UserPage>> ListUsers::operator()(Caller caller, UserPageQuery query) {
  co_return co_await users_.list(caller.tenant, query, caller.deadline);
}

}  // namespace cloudcart::user
