#pragma once

#include "contract/user/user_stores_contract.h"

namespace cloudcart::test {

template <class Stores>
class SessionRepositoryContract : public UserStoresContract<Stores> {
 protected:
  Result<std::optional<user::OpenedSession>> open_by_code(
      std::string hash, const TenantId& tenant, user::CodePurpose purpose = user::CodePurpose::sign_in) {
    auto session = this->new_session({.tenant = tenant}, "token of " + hash);
    return sync_wait(
        this->sessions.open_by_code(std::move(hash), purpose, std::move(session), this->no_deadline));
  }
  void add_code(const user::User& user, std::string hash, milliseconds lifetime = seconds{900},
                user::CodePurpose purpose = user::CodePurpose::sign_in) {
    const auto now = this->clock.now();
    EXPECT_TRUE(sync_wait(this->sessions.add_sign_in_code(
        {user.tenant, std::move(hash), user.id, now, now + lifetime, purpose}, this->no_deadline)));
  }
  std::vector<auth::Revocation> end(SessionId session) {
    return sync_wait(this->sessions.end(this->shop, session, this->no_deadline)).value();
  }
};
TYPED_TEST_SUITE_P(SessionRepositoryContract);

TYPED_TEST_P(SessionRepositoryContract, OpeningAnswersTheAccountAsItIs) {
  const auto user = this->added("ada@example.com");
  const auto opened = sync_wait(this->sessions.open(this->new_session(user, "token"), this->no_deadline));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->user, user);
  EXPECT_TRUE(opened->revoked.empty());
}

TYPED_TEST_P(SessionRepositoryContract, OnlyActiveAccountsOpenSessions) {
  const auto user = this->added("ada@example.com");
  const auto unknown =
      sync_wait(this->sessions.open(this->new_session({.tenant = this->shop}, "1"), this->no_deadline));
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  ASSERT_TRUE(sync_wait(this->users.change_account(this->shop, user.id, {.is_active = false},
                                                   this->clock.now(), this->no_deadline)));
  const auto inactive = sync_wait(this->sessions.open(this->new_session(user, "2"), this->no_deadline));
  EXPECT_EQ(inactive.error().code, ErrorCode::forbidden);
  EXPECT_FALSE(this->refresh("2", "3").refreshed);
}

TYPED_TEST_P(SessionRepositoryContract, ARefreshTokenWorksOnceAndEndsTheSessionWhenItComesAgain) {
  const auto user = this->added("ada@example.com");
  const auto session = this->opened(user, "1"), bystander = this->opened(user, "other");
  const auto first = this->refresh("1", "2");
  ASSERT_TRUE(first.refreshed);
  EXPECT_EQ(first.refreshed->user, user);
  EXPECT_EQ(first.refreshed->session, session.id);
  EXPECT_TRUE(this->refresh("2", "3").refreshed);

  const auto again = this->refresh("1", "4");
  EXPECT_FALSE(again.refreshed);
  ASSERT_EQ(again.revoked.size(), 1U);
  EXPECT_EQ(std::get<auth::SessionEnded>(again.revoked[0].what).session, session.id);
  EXPECT_EQ(this->feed().revocations, again.revoked);
  for (const auto* token : {"1", "2", "3", "4"}) {
    const auto dead = this->refresh(token, "5");
    EXPECT_FALSE(dead.refreshed) << token;
    EXPECT_TRUE(dead.revoked.empty()) << token;
  }
  EXPECT_EQ(this->refresh("other", "6").refreshed->session, bystander.id);
}

TYPED_TEST_P(SessionRepositoryContract, OfRefreshesAtOnceOneIsAnsweredAndTheSessionEnds) {
  this->opened(this->added("ada@example.com"), "1");
  std::vector<Task<Result<user::RefreshOutcome>>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(this->sessions.refresh({.tenant = this->shop,
                                            .presented_hash = "1",
                                            .next_hash = "next " + std::to_string(i),
                                            .now = this->clock.now(),
                                            .access_expires_at = this->clock.now() + seconds{60}},
                                           this->no_deadline));
  }
  const auto answers = this->at_once(std::move(calls));
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer->refreshed.has_value(); }),
            1);
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return !answer->revoked.empty(); }), 1);
}

TYPED_TEST_P(SessionRepositoryContract, UnknownTokensChangeNothing) {
  this->opened(this->added("ada@example.com"), "1");
  const auto unknown = this->refresh("x", "y");
  EXPECT_FALSE(unknown.refreshed);
  EXPECT_TRUE(unknown.revoked.empty());
  EXPECT_TRUE(this->refresh("1", "2").refreshed);
}

TYPED_TEST_P(SessionRepositoryContract, SessionsExpireAndNoAccessTokenOutlivesThem) {
  const auto session = this->opened(this->added("ada@example.com"), "1");
  this->clock.set(session.expires_at - seconds{10});
  const auto last = this->refresh("1", "2");
  ASSERT_TRUE(last.refreshed);
  EXPECT_EQ(last.refreshed->access_expires_at, session.expires_at);
  EXPECT_EQ(this->end(session.id).at(0).expires_at, session.expires_at);

  const auto second = this->opened(this->added("eve@example.com"), "3");
  this->clock.set(second.expires_at);
  EXPECT_FALSE(this->refresh("3", "4").refreshed);
}

TYPED_TEST_P(SessionRepositoryContract, ARevocationLastsAsLongAsTheLongestToken) {
  const auto session = this->opened(this->added("ada@example.com"), "1");
  const auto shorter =
      sync_wait(this->sessions.refresh({.tenant = this->shop,
                                        .presented_hash = "1",
                                        .next_hash = "2",
                                        .now = this->clock.now(),
                                        .access_expires_at = this->clock.now() + seconds{60}},
                                       this->no_deadline));
  EXPECT_EQ(shorter->refreshed->access_expires_at, this->clock.now() + seconds{60});
  EXPECT_EQ(this->end(session.id).at(0).expires_at, session.access_expires_at);
}

TYPED_TEST_P(SessionRepositoryContract, EndingTwiceRevokesOnce) {
  const auto session = this->opened(this->added("ada@example.com"), "1");
  EXPECT_TRUE(sync_wait(this->sessions.end(this->other_shop, session.id, this->no_deadline))->empty());
  EXPECT_EQ(this->end(session.id).size(), 1U);
  EXPECT_TRUE(this->end(session.id).empty());
  EXPECT_EQ(this->feed().revocations.size(), 1U);
  EXPECT_FALSE(this->refresh("1", "2").refreshed);
}

TYPED_TEST_P(SessionRepositoryContract, TheOldestSessionsEndBeyondTheBound) {
  const auto user = this->added("ada@example.com");
  const auto oldest = this->opened(user, "oldest");
  for (std::size_t i = 1; i < user::max_sessions_per_user; ++i) this->opened(user, std::to_string(i));
  EXPECT_TRUE(this->feed().revocations.empty());
  const auto one_more =
      sync_wait(this->sessions.open(this->new_session(user, "newest"), this->no_deadline)).value();
  ASSERT_EQ(one_more.revoked.size(), 1U);
  EXPECT_EQ(std::get<auth::SessionEnded>(one_more.revoked[0].what).session, oldest.id);
  EXPECT_FALSE(this->refresh("oldest", "x").refreshed);
  EXPECT_TRUE(this->refresh("newest", "y").refreshed);
}

TYPED_TEST_P(SessionRepositoryContract, UsedTokensAreRememberedUpToABound) {
  this->opened(this->added("ada@example.com"), "0");
  for (std::int64_t i = 0; i <= user::used_tokens_remembered; ++i)
    ASSERT_TRUE(this->refresh(std::to_string(i), std::to_string(i + 1)).refreshed);
  EXPECT_TRUE(this->refresh("0", "x").revoked.empty()) << "forgotten";
  EXPECT_EQ(this->refresh("1", "x").revoked.size(), 1U) << "remembered";
}

TYPED_TEST_P(SessionRepositoryContract, ACodeOpensOneSession) {
  const auto user = this->added("ada@example.com");
  this->add_code(user, "code");
  EXPECT_FALSE(this->open_by_code("code", this->other_shop).value());
  EXPECT_FALSE(this->open_by_code("unknown", this->shop).value());
  const auto opened = this->open_by_code("code", this->shop).value();
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->user, user);
  EXPECT_EQ(this->refresh("token of code", "next").refreshed->user.id, user.id);
  EXPECT_FALSE(this->open_by_code("code", this->shop).value());
}

TYPED_TEST_P(SessionRepositoryContract, CodesExpire) {
  const auto user = this->added("ada@example.com");
  this->add_code(user, "code", seconds{1});
  this->clock.advance(seconds{1});
  EXPECT_FALSE(this->open_by_code("code", this->shop).value());
}

TYPED_TEST_P(SessionRepositoryContract, ACodeOfADeactivatedAccountOpensNothing) {
  const auto user = this->added("ada@example.com");
  ASSERT_TRUE(sync_wait(this->users.change_account(this->shop, user.id, {.is_active = false},
                                                   this->clock.now(), this->no_deadline)));
  this->add_code(user, "code");
  EXPECT_EQ(this->open_by_code("code", this->shop).error().code, ErrorCode::forbidden);
}

TYPED_TEST_P(SessionRepositoryContract, ACodeIsForOnePurposeAndTheNewestOfItCounts) {
  using user::CodePurpose;
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  this->add_code(ada, "first");
  this->add_code(ada, "second");
  this->add_code(ada, "reset", seconds{900}, CodePurpose::reset);
  this->add_code(eve, "eve's");
  const auto owner_of = [&](std::string hash, CodePurpose purpose) {
    return sync_wait(this->sessions.owner_of_code(this->shop, std::move(hash), purpose, this->clock.now(),
                                                  this->no_deadline))
        .value();
  };
  EXPECT_EQ(owner_of("second", CodePurpose::sign_in), ada);
  EXPECT_EQ(owner_of("reset", CodePurpose::reset), ada);
  EXPECT_EQ(owner_of("eve's", CodePurpose::sign_in), eve);
  EXPECT_FALSE(owner_of("first", CodePurpose::sign_in));
  EXPECT_FALSE(owner_of("second", CodePurpose::reset));
  EXPECT_FALSE(this->open_by_code("first", this->shop).value()) << "replaced";
  EXPECT_FALSE(this->open_by_code("reset", this->shop).value());
  EXPECT_FALSE(this->open_by_code("second", this->shop, CodePurpose::reset).value());
  EXPECT_TRUE(this->open_by_code("second", this->shop).value()) << "the wrong use did not use it up";
  EXPECT_TRUE(this->open_by_code("reset", this->shop, CodePurpose::reset).value());
  EXPECT_TRUE(this->open_by_code("eve's", this->shop).value());
}

TYPED_TEST_P(SessionRepositoryContract, AChangeOfRightsEndsTheAccountsCodes) {
  using user::CodePurpose;
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  this->add_code(eve, "eve's");
  const auto change = [&](user::AccountChange wanted) {
    ASSERT_TRUE(sync_wait(this->users.change_account(this->shop, ada.id, std::move(wanted), this->clock.now(),
                                                     this->no_deadline)));
  };
  for (const auto& wanted :
       {user::AccountChange{.password_hash = "another hash"}, user::AccountChange{.role = Role::staff},
        user::AccountChange{.is_active = false}}) {
    this->add_code(ada, "code");
    this->add_code(ada, "reset", seconds{900}, CodePurpose::reset);
    change(wanted);
    EXPECT_FALSE(this->open_by_code("code", this->shop).value());
    EXPECT_FALSE(this->open_by_code("reset", this->shop, CodePurpose::reset).value());
  }
  EXPECT_TRUE(this->open_by_code("eve's", this->shop).value());
  change({.is_active = true});
  this->add_code(ada, "code");
  change({.role = Role::staff});
  EXPECT_TRUE(this->open_by_code("code", this->shop).value()) << "nothing was changed";
}

TYPED_TEST_P(SessionRepositoryContract, TheFeedIsReadInOrderAndInPieces) {
  const auto user = this->added("ada@example.com");
  std::vector<auth::Revocation> all;
  for (int i = 0; i < 5; ++i) all.push_back(this->end(this->opened(user, std::to_string(i)).id).at(0));
  std::vector<auth::Revocation> read;
  std::int64_t after = 0;
  for (auto batch = this->feed(after, 2); !batch.revocations.empty(); batch = this->feed(after, 2)) {
    EXPECT_LE(batch.revocations.size(), 2U);
    EXPECT_EQ(batch.last, batch.revocations.back().seq);
    read.insert(read.end(), batch.revocations.begin(), batch.revocations.end());
    after = batch.last;
  }
  EXPECT_EQ(read, all);
  EXPECT_TRUE(std::ranges::is_sorted(read, {}, &auth::Revocation::seq));
  EXPECT_EQ(this->feed(after).last, after);
}

TYPED_TEST_P(SessionRepositoryContract, ExpiredEntriesLeaveTheFeedAndNumbersAreNotGivenTwice) {
  const auto user = this->added("ada@example.com");
  const auto first = this->end(this->opened(user, "1").id).at(0);
  this->clock.set(first.expires_at);
  EXPECT_TRUE(this->feed().revocations.empty());
  EXPECT_EQ(this->feed().highest, first.seq) << "also of what has expired";
  const auto second = this->end(this->opened(user, "2").id).at(0);
  EXPECT_GT(second.seq, first.seq);
  EXPECT_EQ(this->feed().revocations, std::vector{second});
}

TYPED_TEST_P(SessionRepositoryContract, AnAccountsSessionsAreToldWithoutTheirSecrets) {
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  auto first = this->opened(ada, "token 1");
  auto second = this->opened(ada, "token 2");
  this->opened(eve, "token of eve");
  const auto of = [&](const TenantId& tenant, UserId user) {
    std::vector<SessionId> ids;
    for (const auto& session : sync_wait(this->sessions.of_user(tenant, user, this->no_deadline)).value()) {
      EXPECT_EQ(session.refresh_hash, "");
      EXPECT_EQ(session.user, user);
      ids.push_back(session.id);
    }
    return ids;
  };
  EXPECT_EQ(of(this->shop, ada.id), (std::vector{first.id, second.id}));
  EXPECT_TRUE(of(this->other_shop, ada.id).empty());
  ASSERT_TRUE(sync_wait(this->sessions.end(this->shop, first.id, this->no_deadline)));
  const auto left = sync_wait(this->sessions.of_user(this->shop, ada.id, this->no_deadline)).value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].created_at, second.created_at);
  EXPECT_EQ(left[0].expires_at, second.expires_at);
}

REGISTER_TYPED_TEST_SUITE_P(
    SessionRepositoryContract, OpeningAnswersTheAccountAsItIs, OnlyActiveAccountsOpenSessions,
    ARefreshTokenWorksOnceAndEndsTheSessionWhenItComesAgain, OfRefreshesAtOnceOneIsAnsweredAndTheSessionEnds,
    UnknownTokensChangeNothing, SessionsExpireAndNoAccessTokenOutlivesThem,
    ARevocationLastsAsLongAsTheLongestToken, EndingTwiceRevokesOnce, TheOldestSessionsEndBeyondTheBound,
    UsedTokensAreRememberedUpToABound, ACodeOpensOneSession, CodesExpire,
    ACodeIsForOnePurposeAndTheNewestOfItCounts, AChangeOfRightsEndsTheAccountsCodes,
    ACodeOfADeactivatedAccountOpensNothing, TheFeedIsReadInOrderAndInPieces,
    ExpiredEntriesLeaveTheFeedAndNumbersAreNotGivenTwice, AnAccountsSessionsAreToldWithoutTheirSecrets);

}  // namespace cloudcart::test
