#include "user/app/find_users.h"

namespace cloudcart::user {

Task<Result<std::vector<User>>> FindUsers::operator()(Caller caller, Wanted wanted) {
  if (auto* ids = std::get_if<std::vector<UserId>>(&wanted))
    co_return co_await users_.find(caller.tenant, std::move(*ids), caller.deadline);
  co_return co_await users_.search(caller.tenant, std::get<UserSearch>(std::move(wanted)), caller.deadline);
}

Task<Result<User>> FindUsers::by_email(Caller caller, std::string email) {
  CLOUDCART_CO_TRY(auto found,
                   co_await users_.find_by_email(caller.tenant, std::move(email), caller.deadline));
  if (!found) co_return fail(Error::not_found("Account"));
  co_return *std::move(found);
}

}  // namespace cloudcart::user
