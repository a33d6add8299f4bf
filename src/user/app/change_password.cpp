#include "user/app/change_password.h"

#include "user/app/opaque_secret.h"
#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<SignedIn>> ChangePassword::operator()(Caller caller, PasswordChange change) {
  auto next = change.next;
  CLOUDCART_CO_TRY(auto user, co_await check_current(caller, std::move(change)));
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(next), caller.deadline));
  AccountChange wanted{.password_hash = std::move(hash), .while_password_hash = user.password_hash};
  co_return co_await set(std::move(caller), std::move(user), std::move(wanted));
}

Task<Result<User>> ChangePassword::check_current(Caller caller, PasswordChange change) {
  std::vector<UserId> wanted{caller.user.value()};
  CLOUDCART_CO_TRY(auto found, co_await users_.find(caller.tenant, std::move(wanted), caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  auto user = std::move(found.front());
  const auto key = email_key(user.email);
  CLOUDCART_CO_CHECK(throttle_.admit(caller.tenant, key, change.address));
  const auto check = co_await hasher_.verify(std::move(change.current), user.password_hash, caller.deadline);
  if (!check) {
    throttle_.undecided(caller.tenant, key, change.address);
    co_return fail(check.error());
  }
  if (!check->matches)
    co_return fail(Error::validation({{"current_password", "is not the password of this account"}}));
  throttle_.succeeded(caller.tenant, key, change.address);
  co_return user;
}

Task<Result<SignedIn>> ChangePassword::by_code(Caller caller, std::string code, std::string next) {
  // First what takes long and may be refused: the code is good for one try.
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(next), caller.deadline));
  auto draft = issuer_.draft(caller.tenant, UserId{});
  CLOUDCART_CO_TRY(auto opened, co_await sessions_.open_by_code(hash_of_secret(code),
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
