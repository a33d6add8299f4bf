#pragma once

#include <gtest/gtest.h>

#include "core/id_generator.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::test {

/// The rows that the suites of both repositories need.
template <class Stores>
class UserStoresContract : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();
  const TenantId shop{"main"};
  const TenantId other_shop{"other"};
  FakeClock clock;
  SystemIdGenerator ids{clock};
  Stores stores;
  user::UserRepository& users = stores.users;
  user::SessionRepository& sessions = stores.sessions;

  user::User new_user(std::string email) {
    clock.advance(milliseconds{1});
    return {.tenant = shop,
            .id = ids.next_id<UserId>(),
            .email = std::move(email),
            .first_name = "Ada",
            .last_name = "Lovelace",
            .password_hash = "hash",
            .rights_since = clock.now(),
            .created_at = clock.now(),
            .updated_at = clock.now()};
  }
  user::User added(std::string email) {
    auto user = new_user(std::move(email));
    EXPECT_TRUE(sync_wait(users.add(user, std::nullopt, no_deadline)));
    return user;
  }
  user::Session new_session(const user::User& user, std::string refresh_hash) {
    clock.advance(milliseconds{1});
    return {.tenant = user.tenant,
            .id = ids.next_id<SessionId>(),
            .user = user.id,
            .refresh_hash = std::move(refresh_hash),
            .created_at = clock.now(),
            .access_expires_at = clock.now() + std::chrono::hours{24},
            .expires_at = clock.now() + std::chrono::hours{24 * 30}};
  }
  user::Session opened(const user::User& user, std::string refresh_hash) {
    auto session = new_session(user, std::move(refresh_hash));
    EXPECT_TRUE(sync_wait(sessions.open(session, no_deadline)));
    return session;
  }
  user::RefreshOutcome refresh(std::string presented, std::string next) {
    return sync_wait(sessions.refresh({.tenant = shop,
                                       .presented_hash = std::move(presented),
                                       .next_hash = std::move(next),
                                       .now = clock.now(),
                                       .access_expires_at = clock.now() + std::chrono::hours{24}},
                                      no_deadline))
        .value();
  }
  auth::RevocationBatch feed(std::int64_t after = 0, std::int64_t limit = 100) {
    return sync_wait(sessions.revocations(after, limit, clock.now(), no_deadline)).value();
  }
  /// Starts all calls before any is answered; their answers.
  template <class T>
  static std::vector<T> at_once(std::vector<Task<T>> calls) {
    ManualExecutor executor;
    const Executor::Scope scope(executor);
    std::vector<T> answers;
    const auto count = calls.size();
    for (auto& call : calls)
      start(std::move(call), [&](auto outcome) { answers.push_back(std::get<0>(std::move(outcome))); });
    executor.run_until([&] { return answers.size() == count; });
    return answers;
  }
  std::optional<user::User> find(UserId id) {
    auto found = sync_wait(users.find(shop, {id}, no_deadline)).value();
    return found.empty() ? std::nullopt : std::optional(found.front());
  }
};

}  // namespace cloudcart::test
