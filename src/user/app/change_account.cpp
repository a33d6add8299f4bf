#include "user/app/change_account.h"

namespace cloudcart::user {

Task<Result<User>> ChangeAccount::operator()(Caller caller, UserId id, AccountChange change) {
  const bool takes_rights = change.is_active == false || (change.role && *change.role != Role::admin);
  if (caller.owns(id) && takes_rights) {
    co_return fail(ErrorCode::conflict,
                   "You cannot demote or deactivate your own account; ask another admin.");
  }
  CLOUDCART_CO_TRY(auto changed, co_await users_.change_account(caller.tenant, id, std::move(change),
                                                                clock_.now(), caller.deadline));
  revocations_.apply(changed.revoked);
  co_return std::move(changed.user);
}

}  // namespace cloudcart::user
