#include <map>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "contract/user/postgres_user_stores.h"
#include "contract/user/user_stores_contract.h"
#include "support/on_threads.h"

namespace cloudcart::test {
namespace {

/// Many threads on two processes' stores of one schema.
class PostgresUserRaces : public UserStoresContract<PostgresUserStores> {
 protected:
  PostgresUserService second{stores.schema};

  user::UserRepository& users_of(std::size_t caller) { return caller % 2 == 0 ? users : second.users; }
  user::SessionRepository& sessions_of(std::size_t caller) {
    return caller % 2 == 0 ? sessions : second.sessions;
  }

  user::RefreshRequest refreshing(std::string presented, std::string next) {
    return {.tenant = shop,
            .presented_hash = std::move(presented),
            .next_hash = std::move(next),
            .now = clock.now(),
            .access_expires_at = clock.now() + std::chrono::hours{48}};
  }
  std::vector<auth::Revocation> whole_feed() { return feed(0, 100'000).revocations; }
};

TEST_F(PostgresUserRaces, OfManyWithOneTokenOneIsRefreshedAndOneEndsTheSession) {
  const auto user = added("ada@example.com");
  for (int round = 0; round < 20; ++round) {
    const auto token = fmt::format("token {}", round);
    const auto session = opened(user, token);
    const auto answers = on_threads(8, [&](std::size_t i) {
      return sync_wait(
          sessions_of(i).refresh(refreshing(token, fmt::format("{} next {}", token, i)), no_deadline));
    });
    std::vector<auth::Revocation> revoked;
    std::size_t refreshed = 0;
    for (const auto& answer : answers) {
      ASSERT_TRUE(answer) << answer.error().message;
      refreshed += answer->refreshed.has_value() ? 1 : 0;
      revoked.insert(revoked.end(), answer->revoked.begin(), answer->revoked.end());
    }
    EXPECT_EQ(refreshed, 1U);
    ASSERT_EQ(revoked.size(), 1U);
    EXPECT_EQ(std::get<auth::SessionEnded>(revoked[0].what).session, session.id);
    EXPECT_EQ(revoked[0].expires_at, clock.now() + std::chrono::hours{48})
        << "the token that was handed out is revoked to its end";
    EXPECT_EQ(whole_feed().back(), revoked[0]);
  }
  EXPECT_EQ(whole_feed().size(), 20U);
}

TEST_F(PostgresUserRaces, OfManyWhoRegisterOneAddressOneGetsIt) {
  for (int round = 0; round < 20; ++round) {
    std::vector<std::pair<user::User, user::Session>> wanted;
    for (int i = 0; i < 8; ++i) {
      auto user = new_user(fmt::format("{}da{}@example.com", i % 2 == 0 ? 'a' : 'A', round));
      auto session = new_session(user, fmt::format("token {} {}", round, i));
      wanted.emplace_back(std::move(user), std::move(session));
    }
    const auto answers = on_threads(wanted.size(), [&](std::size_t i) {
      return sync_wait(users_of(i).add(wanted[i].first, wanted[i].second, no_deadline));
    });
    std::size_t added = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const bool is_added = answers[i].has_value();
      added += is_added ? 1 : 0;
      EXPECT_EQ(find(wanted[i].first.id).has_value(), is_added);
      const auto& token = wanted[i].second.refresh_hash;
      EXPECT_EQ(refresh(token, token + " next").refreshed.has_value(), is_added);
      if (is_added) continue;
      EXPECT_EQ(answers[i].error().code, ErrorCode::conflict) << answers[i].error().message;
      EXPECT_EQ(answers[i].error().fields.at(0).field, "email");
    }
    EXPECT_EQ(added, 1U);
  }
}

TEST_F(PostgresUserRaces, OfManyWhoTakeOneAddressOneGetsIt) {
  std::vector<user::User> accounts;
  for (int i = 0; i < 8; ++i) accounts.push_back(added(fmt::format("{}@example.com", i)));
  const auto answers = on_threads(accounts.size(), [&](std::size_t i) {
    return sync_wait(users_of(i).change_profile(shop, accounts[i].id, {.email = "ada@example.com"},
                                                accounts[i].created_at, no_deadline));
  });
  for (const auto& answer : answers) {
    if (answer) continue;
    EXPECT_EQ(answer.error().code, ErrorCode::conflict) << answer.error().message;
  }
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 1);
}

TEST_F(PostgresUserRaces, OfManyWithOneCodeOneSignsIn) {
  const auto user = added("ada@example.com");
  for (int round = 0; round < 10; ++round) {
    const auto code = fmt::format("code {}", round);
    ASSERT_TRUE(sync_wait(sessions.add_sign_in_code(
        {shop, code, user.id, clock.now(), clock.now() + seconds{900}}, no_deadline)));
    std::vector<user::Session> proposed;
    for (int i = 0; i < 6; ++i)
      proposed.push_back(new_session({.tenant = shop}, fmt::format("{} token {}", code, i)));
    const auto answers = on_threads(proposed.size(), [&](std::size_t i) {
      return sync_wait(
          sessions_of(i).open_by_code(code, user::CodePurpose::sign_in, proposed[i], no_deadline));
    });
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.value().has_value(); }),
              1);
  }
}

TEST_F(PostgresUserRaces, OfManyCodesAtOnceOneIsLeftAndNoneOutlivesAChangeBesideIt) {
  const auto user = added("ada@example.com");
  for (int round = 0; round < 10; ++round) {
    const auto code_of = [&](std::size_t i) { return fmt::format("code {} {}", round, i); };
    const auto made = on_threads(6, [&](std::size_t i) {
      return sync_wait(sessions_of(i).add_sign_in_code(
          {shop, code_of(i), user.id, clock.now(), clock.now() + seconds{900}}, no_deadline));
    });
    std::vector<user::Session> proposed;
    for (int i = 0; i < 6; ++i)
      proposed.push_back(new_session({.tenant = shop}, fmt::format("{} token {}", round, i)));
    const auto changed_at = clock.now();
    const auto opened = on_threads(7, [&](std::size_t i) -> Result<bool> {
      if (i == 6) {
        const auto changed = sync_wait(users_of(i).change_account(
            shop, user.id, {.password_hash = fmt::format("hash {}", round)}, changed_at, no_deadline));
        EXPECT_TRUE(changed) << changed.error().message;
        return false;
      }
      const auto session = sync_wait(
          sessions_of(i).open_by_code(code_of(i), user::CodePurpose::sign_in, proposed[i], no_deadline));
      if (!session) return fail(session.error());
      return session->has_value();
    });
    for (const auto& status : made) EXPECT_TRUE(status) << status.error().message;
    EXPECT_LE(std::ranges::count_if(opened, [](const auto& answer) { return answer.value(); }), 1);
    for (std::size_t i = 0; i < 6; ++i) {
      const auto late = sync_wait(sessions.open_by_code(
          code_of(i), user::CodePurpose::sign_in, new_session({.tenant = shop}, code_of(i)), no_deadline));
      EXPECT_FALSE(late.value());
    }
  }
}

TEST_F(PostgresUserRaces, AReaderOfTheFeedSeesEachRevocationOnceBesideItsWriters) {
  constexpr std::size_t writers = 6, per_writer = 60;
  std::vector<std::vector<user::Session>> of_writer(writers);
  std::vector<user::User> accounts;
  for (std::size_t i = 0; i < writers; ++i) {
    accounts.push_back(added(fmt::format("{}@example.com", i)));
    for (std::size_t k = 0; k < per_writer; ++k)
      of_writer[i].push_back(opened(accounts[i], fmt::format("token {} {}", i, k)));
  }
  const auto now = clock.now();
  std::atomic<bool> are_done = false;
  std::vector<auth::Revocation> read;
  std::jthread reader([&] {
    // After the writers' end one more look is due.
    for (bool is_last = false; !is_last;) {
      is_last = are_done;
      for (bool has_more = true; has_more;) {
        const auto after = read.empty() ? 0 : read.back().seq;
        const auto batch = sync_wait(second.sessions.revocations(after, 7, now, no_deadline)).value();
        read.insert(read.end(), batch.revocations.begin(), batch.revocations.end());
        has_more = !batch.revocations.empty();
      }
    }
  });
  const auto answers = on_threads(writers, [&](std::size_t i) {
    std::vector<auth::Revocation> revoked;
    const auto keep = [&](const std::vector<auth::Revocation>& some) {
      revoked.insert(revoked.end(), some.begin(), some.end());
    };
    for (std::size_t k = 0; k < per_writer; ++k) {
      keep(sync_wait(sessions_of(k).end(shop, of_writer[i][k].id, no_deadline)).value());
      if (k + 1 == per_writer) continue;
      const auto role = k % 2 == 0 ? Role::staff : Role::customer;
      keep(sync_wait(users_of(k).change_account(shop, accounts[i].id, {.role = role}, now, no_deadline))
               ->revoked);
    }
    return revoked;
  });
  are_done = true;
  reader.join();

  std::vector<auth::Revocation> written;
  for (const auto& answer : answers) written.insert(written.end(), answer.begin(), answer.end());
  EXPECT_EQ(written.size(), writers * (2 * per_writer - 1));
  std::ranges::sort(written, {}, &auth::Revocation::seq);
  EXPECT_EQ(read, written);
}

TEST_F(PostgresUserRaces, NoTokenWithOldRightsOutlivesTheirRevocation) {
  auto account = added("ada@example.com");
  for (int round = 0; round < 40; ++round) {
    const auto token = fmt::format("token {}", round);
    opened(account, token);
    const auto request = refreshing(token, token + " next");
    const auto role = account.role == Role::staff ? Role::customer : Role::staff;
    std::optional<user::RefreshedSession> refreshed;
    std::optional<user::ChangedAccount> changed;
    on_threads(2, [&](std::size_t i) {
      if (i == 0) {
        refreshed = sync_wait(sessions.refresh(request, no_deadline)).value().refreshed;
      } else {
        changed =
            sync_wait(second.users.change_account(shop, account.id, {.role = role}, request.now, no_deadline))
                .value();
      }
      return true;
    });
    ASSERT_TRUE(refreshed);
    ASSERT_EQ(changed->revoked.size(), 1U);
    if (refreshed->user == changed->user) {
      EXPECT_EQ(refreshed->user.role, role);
    } else {
      EXPECT_EQ(refreshed->user, account);
      EXPECT_GE(changed->revoked[0].expires_at, refreshed->access_expires_at);
    }
    account = changed->user;
    ASSERT_TRUE(sync_wait(sessions.end(shop, refreshed->session, no_deadline)));
  }
}

TEST_F(PostgresUserRaces, NoSessionIsLeftOpenOfAnAccountThatIsDeactivated) {
  for (int round = 0; round < 40; ++round) {
    const auto account = added(fmt::format("{}@example.com", round));
    const auto session = new_session(account, fmt::format("token {}", round));
    std::optional<Result<user::OpenedSession>> opened;
    std::optional<user::ChangedAccount> changed;
    on_threads(2, [&](std::size_t i) {
      if (i == 0) {
        opened = sync_wait(sessions.open(session, no_deadline));
      } else {
        changed = sync_wait(second.users.change_account(shop, account.id, {.is_active = false},
                                                        account.created_at, no_deadline))
                      .value();
      }
      return true;
    });
    EXPECT_FALSE(refresh(session.refresh_hash, session.refresh_hash + " next").refreshed);
    if (*opened) {
      ASSERT_EQ(changed->revoked.size(), 1U);
      EXPECT_EQ(changed->revoked[0].expires_at, session.access_expires_at);
    } else {
      EXPECT_EQ(opened->error().code, ErrorCode::forbidden);
      EXPECT_TRUE(changed->revoked.empty());
    }
  }
}

/// The import meets the row while it is being removed, and goes on once that is committed.
TEST_F(PostgresUserRaces, AnImportBesideAnErasureBringsNobodyBack) {
  const auto ada = added("ada@example.com"), eve = new_user("eve@example.com");
  std::atomic<bool> is_removed = false;
  const auto erase = [&](postgres::Session& transaction) -> Task<Status> {
    co_await transaction.run("DELETE FROM account WHERE id = $1", ada.id);
    co_await transaction.run(
        "INSERT INTO erasure(seq, tenant, user_id, requested_at, by_owner, receipt)"
        " VALUES (1, $1, $2, 0, true, 'receipt')",
        shop.value, ada.id);
    is_removed = true;
    is_removed.notify_all();
    for (int look = 0; look < 3'000; ++look) {
      const auto waiting = co_await transaction.run(
          "SELECT count(*), pg_sleep(0.02) FROM pg_locks"
          " WHERE NOT granted AND transactionid = pg_current_xact_id()::xid");
      if (waiting[0].integer(0) > 0) co_return Status{};
    }
    co_return fail(ErrorCode::internal, "The import does not wait.");
  };
  const auto answers = on_threads(2, [&](std::size_t i) -> Result<std::size_t> {
    if (i == 0) {
      const auto erased = sync_wait(second.store.write(no_deadline, erase));
      is_removed = true;
      is_removed.notify_all();
      if (!erased) return fail(erased.error());
      return 0;
    }
    is_removed.wait(false);
    return sync_wait(users.import_users({ada, eve}, no_deadline));
  });
  ASSERT_TRUE(answers[0]) << answers[0].error().message;
  ASSERT_TRUE(answers[1]) << answers[1].error().message;
  EXPECT_EQ(*answers[1], 1U);
  EXPECT_FALSE(find(ada.id));
  EXPECT_TRUE(find(eve.id));
}

/// Everything at once on a few accounts whose sessions keep expiring; each call must be answered with no more than
/// what its port allows.
TEST_F(PostgresUserRaces, AllCallsGoTogether) {
  constexpr std::size_t callers = 6, calls = 60, account_count = 3;
  std::vector<user::User> accounts;
  for (std::size_t i = 0; i < account_count; ++i) accounts.push_back(added(fmt::format("{}@example.com", i)));
  std::vector<std::vector<user::Session>> proposed(callers);
  for (std::size_t i = 0; i < callers; ++i) {
    for (std::size_t k = 0; k < calls; ++k) {
      auto session = new_session(accounts[(i + k) % account_count], fmt::format("token {} {}", i, k));
      session.access_expires_at = session.created_at + milliseconds{200};
      session.expires_at = session.created_at + milliseconds{k % 2 == 0 ? 200 : 1'000'000};
      proposed[i].push_back(std::move(session));
    }
  }
  const auto now = clock.now();
  const auto answers = on_threads(callers, [&](std::size_t i) -> std::vector<Error> {
    std::vector<Error> errors;
    const auto note = [&](const auto& answer) {
      if (!answer) errors.push_back(answer.error());
    };
    std::minstd_rand random(i + 1);
    for (std::size_t k = 0; k < calls; ++k) {
      const auto& session = proposed[i][k];
      const auto& other = proposed[random() % callers][random() % calls];
      auto& any_sessions = sessions_of(random());
      note(sync_wait(any_sessions.open(session, no_deadline)));
      switch (random() % 4) {
        case 0:
          note(sync_wait(any_sessions.end(shop, other.id, no_deadline)));
          break;
        case 1:
          note(sync_wait(any_sessions.refresh({.tenant = shop,
                                               .presented_hash = other.refresh_hash,
                                               .next_hash = fmt::format("next {} {}", i, k),
                                               .now = now,
                                               .access_expires_at = now + seconds{60}},
                                              no_deadline)));
          break;
        case 2:
          note(sync_wait(users_of(random()).change_account(
              shop, other.user, {.role = random() % 2 == 0 ? Role::staff : Role::admin}, now, no_deadline)));
          break;
        default:
          note(sync_wait(users_of(random()).change_account(
              shop, other.user, {.password_hash = fmt::format("hash {} {}", i, k)}, now, no_deadline)));
      }
    }
    return errors;
  });
  for (const auto& errors : answers)
    for (const auto& error : errors) ADD_FAILURE() << to_string(error.code) << ": " << error.message;
}

}  // namespace
}  // namespace cloudcart::test
