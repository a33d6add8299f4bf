#include "user/app/profile.h"

namespace cloudcart::user {

Task<Result<User>> GetProfile::operator()(Caller caller) {
  CLOUDCART_CO_TRY(auto found, co_await users_.find(caller.tenant, {caller.user.value()}, caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  co_return std::move(found.front());
}

Task<Result<User>> UpdateProfile::operator()(Caller caller, ProfileChange change) {
  co_return co_await users_.change_profile(caller.tenant, caller.user.value(), std::move(change),
                                           clock_.now(), caller.deadline);
}

}  // namespace cloudcart::user
