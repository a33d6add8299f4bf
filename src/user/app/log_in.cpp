#include "user/app/log_in.h"

#include <spdlog/spdlog.h>

#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<SignedIn>> LogIn::operator()(Caller caller, Credentials credentials) {
  const auto key = email_key(credentials.email);
  const auto address = credentials.address;
  CLOUDCART_CO_CHECK(throttle_.admit(caller.tenant, key, address));
  auto user = co_await check_password(caller, std::move(credentials));
  if (user) {
    throttle_.succeeded(caller.tenant, key, address);
  } else if (user.error().code != ErrorCode::unauthenticated) {
    throttle_.undecided(caller.tenant, key, address);
  }
  if (!user) co_return std::unexpected(std::move(user).error());

  auto draft = issuer_.draft(caller.tenant, user->id);
  // The repository refuses a deactivated account, in the transaction that would open the session.
  CLOUDCART_CO_TRY(auto opened, co_await sessions_.open(draft.session, caller.deadline));
  revocations_.apply(opened.revoked);
  if (opened.user.rights_since != user->rights_since) co_return co_await withdraw(caller, draft.session.id);
  co_return issuer_.sign(std::move(opened.user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

Task<Result<User>> LogIn::check_password(Caller caller, Credentials credentials) {
  CLOUDCART_CO_TRY(auto user,
                   co_await users_.find_by_email(caller.tenant, credentials.email, caller.deadline));
  // An empty hash is verified as well, for the time that it takes.
  auto hash = user ? user->password_hash : std::string{};
  CLOUDCART_CO_TRY(const auto check,
                   co_await hasher_.verify(credentials.password, std::move(hash), caller.deadline));
  if (!user || !check.matches) co_return fail(ErrorCode::unauthenticated, "E-mail or password is wrong.");
  if (check.is_outdated) co_await rehash(caller, *user, std::move(credentials.password));
  co_return *std::move(user);
}

/// The password was right a moment ago, but the account has changed since, perhaps its password.
Task<Result<SignedIn>> LogIn::withdraw(Caller caller, SessionId session) {
  CLOUDCART_CO_TRY(const auto revoked, co_await sessions_.end(caller.tenant, session, caller.deadline));
  revocations_.apply(revoked);
  co_return fail(ErrorCode::unauthenticated, "The account was changed just now; sign in again.");
}

/// Failing is no harm: the next sign-in tries again.
Task<void> LogIn::rehash(Caller caller, User user, std::string password) {
  auto hash = co_await hasher_.hash(std::move(password), caller.deadline);
  if (!hash) co_return;
  const auto replaced = co_await users_.replace_password_hash(user.tenant, user.id, user.password_hash,
                                                              *std::move(hash), caller.deadline);
  if (!replaced) spdlog::warn("a password was not hashed anew: {}", replaced.error().message);
}

}  // namespace cloudcart::user
