#include "user/app/change_password.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<SignedIn>> ChangePassword::operator()(Caller caller, PasswordChange change) {
  CLOUDCART_CO_TRY(auto user,
                   co_await check_password_.of_caller(caller, std::move(change.current),
                                                      std::move(change.address), "current_password"));
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(change.next), caller.deadline));
  AccountChange wanted{.password_hash = std::move(hash), .while_password_hash = user.password_hash};
  co_return co_await set(std::move(caller), std::move(user), std::move(wanted));
}

Task<Result<SignedIn>> ChangePassword::by_code(Caller caller, std::string code, std::string next) {
  // First what takes long and may be refused: the code is good for one try.
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(next), caller.deadline));
  auto draft = issuer_.draft(caller.tenant, UserId{});
  CLOUDCART_CO_TRY(auto opened, co_await sessions_.open_by_code(hash_of_secret(code), CodePurpose::reset,
                                                                std::move(draft.session), caller.deadline));
  if (!opened)
    co_return fail(ErrorCode::unauthenticated, "This code is not valid any more; ask for another one.");
  revocations_.apply(opened->revoked);
  AccountChange wanted{.password_hash = std::move(hash)};
  co_return co_await set(std::move(caller), std::move(opened->user), std::move(wanted));
}

Task<Result<SignedIn>> ChangePassword::set(Caller caller, User user, AccountChange change) {
  CLOUDCART_CO_TRY(auto changed, co_await users_.change_account(caller.tenant, user.id, std::move(change),
                                                                clock_.now(), caller.deadline));
  revocations_.apply(changed.revoked);
  auto draft = issuer_.draft(caller.tenant, user.id);
  CLOUDCART_CO_TRY(auto opened, co_await sessions_.open(draft.session, caller.deadline));
  revocations_.apply(opened.revoked);
  co_return issuer_.sign(std::move(opened.user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

}  // namespace cloudcart::user
