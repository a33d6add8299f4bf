#include "user/app/check_password.h"

#include <spdlog/spdlog.h>

#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<User>> CheckPassword::operator()(Caller caller, Credentials credentials) {
  const auto account = email_key(credentials.email);
  CLOUDCART_CO_CHECK(sign_ins_.admit(caller.tenant, account, credentials.address));
  auto user = co_await check(caller, std::move(credentials.email), std::move(credentials.password));
  settle(sign_ins_, caller.tenant, account, credentials.address, user);
  co_return user;
}

Task<Result<User>> CheckPassword::of_caller(Caller caller, std::string password, std::string address,
                                            std::string field) {
  const auto account = caller.user.value().to_string();
  CLOUDCART_CO_CHECK(owners_.admit(caller.tenant, account, address));
  auto user = co_await check_own(caller, std::move(password));
  settle(owners_, caller.tenant, account, address, user);
  if (!user && user.error().code == ErrorCode::unauthenticated)
    co_return fail(Error::validation({{std::move(field), "is not the password of this account"}}));
  co_return user;
}

void CheckPassword::settle(LoginThrottle& throttle, const TenantId& tenant, const std::string& account,
                           const std::string& address, const Result<User>& user) {
  if (user) {
    throttle.succeeded(tenant, account, address);
  } else if (user.error().code != ErrorCode::unauthenticated) {
    throttle.undecided(tenant, account, address);
  }
}

Task<Result<User>> CheckPassword::check(Caller caller, std::string email, std::string password) {
  CLOUDCART_CO_TRY(auto user,
                   co_await users_.find_by_email(caller.tenant, std::move(email), caller.deadline));
  co_return co_await verify(std::move(caller), std::move(user), std::move(password));
}

Task<Result<User>> CheckPassword::check_own(Caller caller, std::string password) {
  std::vector<UserId> wanted{caller.user.value()};
  CLOUDCART_CO_TRY(auto found, co_await users_.find(caller.tenant, std::move(wanted), caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  co_return co_await verify(std::move(caller), std::move(found.front()), std::move(password));
}

Task<Result<User>> CheckPassword::verify(Caller caller, std::optional<User> user, std::string password) {
  // An empty hash is verified as well, for the time that it takes.
  auto hash = user ? user->password_hash : std::string{};
  CLOUDCART_CO_TRY(const auto check, co_await hasher_.verify(password, std::move(hash), caller.deadline));
  if (!user || !check.matches) co_return fail(ErrorCode::unauthenticated, "E-mail or password is wrong.");
  if (check.is_outdated) co_await rehash(caller, *user, std::move(password));
  co_return *std::move(user);
}

/// Failing is no harm: the next sign-in tries again.
Task<void> CheckPassword::rehash(Caller caller, User& user, std::string password) {
  auto hash = co_await hasher_.hash(std::move(password), caller.deadline);
  if (!hash) co_return;
  const auto replaced =
      co_await users_.replace_password_hash(user.tenant, user.id, user.password_hash, *hash, caller.deadline);
  if (!replaced) {
    spdlog::warn("a password was not hashed anew: {}", replaced.error().message);
    co_return;
  }
  user.password_hash = *std::move(hash);
}

}  // namespace cloudcart::user
