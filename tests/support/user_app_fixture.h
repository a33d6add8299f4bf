#pragma once

#include <gtest/gtest.h>

#include "adapters/memory/user/memory_erasure_repository.h"
#include "adapters/memory/user/memory_session_repository.h"
#include "adapters/memory/user/memory_setup_repository.h"
#include "adapters/memory/user/memory_user_repository.h"
#include "adapters/memory/user/plain_password_hasher.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "user/app/user_app.h"

namespace cloudcart::user {

/// Counts what it is asked, and can do something in the middle of it.
class SpyHasher final : public PasswordHasher {
 public:
  memory::PlainPasswordHasher plain{1};
  std::vector<std::string> verified;              ///< the hashes
  std::function<void()> while_verifying = [] {};  ///< once
  std::optional<Error> failure;

  Task<Result<std::string>> hash(std::string password, Deadline deadline) override {
    co_return co_await plain.hash(std::move(password), deadline);
  }
  Task<Result<PasswordCheck>> verify(std::string password, std::string hash, Deadline deadline) override {
    verified.push_back(hash);
    std::exchange(while_verifying, [] {})();
    if (failure) co_return fail(*failure);
    co_return co_await plain.verify(std::move(password), std::move(hash), deadline);
  }
};

/// The use cases of the user service on memory.
class UserAppTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  memory::MemoryUserStore store;
  memory::MemoryUserRepository users{store};
  memory::MemorySessionRepository sessions{store};
  memory::MemorySetupRepository setup{store};
  memory::MemoryErasureRepository erasures{store};
  SpyHasher hasher;
  auth::TokenCodec tokens{std::string(32, 's'), clock};
  auth::Revocations revocations{clock};
  UserApp app{{users, sessions, setup, erasures, hasher, tokens, revocations, clock, ids}};
  const Caller nobody{.tenant = {"main"}};

  Result<AskedErasure> erase(const User& by, UserId of, std::string password = "") {
    return sync_wait(app.erase_account(caller(by), {of, std::move(password), "10.0.0.1"}));
  }
  Caller caller(const User& user) { return {.tenant = user.tenant, .user = user.id, .role = user.role}; }
  SignedIn sign_up(std::string email = "ada@example.com") {
    return sync_wait(app.register_user(nobody, {std::move(email), "correct horse", "Ada", "Lovelace"}))
        .value();
  }
  Result<SignedIn> sign_in(std::string email, std::string password, std::string address = "10.0.0.1") {
    return sync_wait(app.log_in(nobody, {std::move(email), std::move(password), std::move(address)}));
  }
  Result<SignedIn> refresh(std::string token) {
    return sync_wait(app.refresh_session(nobody, std::move(token)));
  }
  auth::AccessClaims claims_of(const SignedIn& session) {
    return std::get<auth::AccessClaims>(tokens.verify(session.token).value());
  }
  bool is_alive(const SignedIn& session) {
    const auto claims = tokens.verify(session.token);
    return claims && !revocations.is_revoked(std::get<auth::AccessClaims>(*claims));
  }
  ErrorCode code_of(const auto& result) { return result.error().code; }
};

}  // namespace cloudcart::user
