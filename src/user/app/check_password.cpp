#include "user/app/check_password.h"

#include <spdlog/spdlog.h>

#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<User>> CheckPassword::operator()(Caller caller, Credentials credentials) {
  const auto key = email_key(credentials.email);
  const auto address = credentials.address;
  CLOUDCART_CO_CHECK(throttle_.admit(caller.tenant, key, address));
  auto user = co_await check(caller, std::move(credentials));
  if (user) {
    throttle_.succeeded(caller.tenant, key, address);
  } else if (user.error().code != ErrorCode::unauthenticated) {
    throttle_.undecided(caller.tenant, key, address);
  }
  co_return user;
}

Task<Result<User>> CheckPassword::of_caller(Caller caller, std::string password, std::string address,
                                            std::string field) {
  std::vector<UserId> wanted{caller.user.value()};
  CLOUDCART_CO_TRY(const auto found, co_await users_.find(caller.tenant, std::move(wanted), caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  auto user = co_await (*this)(
      std::move(caller),
      {.email = found.front().email, .password = std::move(password), .address = std::move(address)});
  if (!user && user.error().code == ErrorCode::unauthenticated)
    co_return fail(Error::validation({{std::move(field), "is not the password of this account"}}));
  co_return user;
}

Task<Result<User>> CheckPassword::check(Caller caller, Credentials credentials) {
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
