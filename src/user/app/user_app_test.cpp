#include "support/user_app_fixture.h"

namespace cloudcart::user {
namespace {

TEST_F(UserAppTest, RegisteringSignsACustomerIn) {
  const auto session = sign_up();
  EXPECT_EQ(session.user.role, Role::customer);
  EXPECT_EQ(session.expires_in, seconds{24 * 60 * 60});
  EXPECT_TRUE(is_alive(session));
  const auto claims = claims_of(session);
  EXPECT_EQ(claims.user, session.user.id);
  EXPECT_EQ(claims.email, "ada@example.com");
  EXPECT_EQ(session.refresh_token.size(), 43U);
  EXPECT_EQ(store.users.begin()->second.password_hash, "plain1:correct horse");
}

TEST_F(UserAppTest, SecretsAreNotStored) {
  const auto session = sign_up();
  const auto code = sync_wait(app.issue_sign_in_code(nobody, session.user.id)).value();
  EXPECT_FALSE(store.codes.contains({"main", code}));
  for (const auto& [key, entry] : store.sessions)
    for (const auto& hash : entry.token_hashes) EXPECT_NE(hash, session.refresh_token);
}

TEST_F(UserAppTest, AnEmailIsTakenInAnyCase) {
  sign_up();
  const auto again =
      sync_wait(app.register_user(nobody, {"ADA@Example.com", "correct horse", "Eve", "Other"}));
  ASSERT_FALSE(again);
  EXPECT_EQ(code_of(again), ErrorCode::conflict);
  EXPECT_EQ(again.error().fields.at(0).field, "email");
  const Caller other_shop{.tenant = {"other"}};
  EXPECT_TRUE(sync_wait(app.register_user(other_shop, {"ada@example.com", "correct horse", "Ada", "Other"})));
}

TEST_F(UserAppTest, SigningInWorksInAnyCaseWithTheRightPasswordOnly) {
  const auto first = sign_up();
  const auto second = sign_in("ADA@example.com", "correct horse");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->user.id, first.user.id);
  EXPECT_NE(claims_of(*second).session, claims_of(first).session);
  EXPECT_NE(claims_of(*second).token_id, claims_of(first).token_id);
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horsf")), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, UnknownEmailAndWrongPasswordLookTheSameAndBothCostAHash) {
  sign_up();
  const auto wrong = sign_in("ada@example.com", "wrong"), unknown = sign_in("eve@example.com", "wrong");
  EXPECT_EQ(code_of(wrong), ErrorCode::unauthenticated);
  EXPECT_EQ(code_of(unknown), ErrorCode::unauthenticated);
  EXPECT_EQ(wrong.error().message, unknown.error().message);
  EXPECT_EQ(hasher.verified, (std::vector<std::string>{"plain1:correct horse", ""}));
}

TEST_F(UserAppTest, AccountsWithoutAPasswordCannotSignInByOne) {
  User imported{.tenant = {"main"}, .id = ids.next_id<UserId>(), .email = "old@example.com"};
  ASSERT_EQ(sync_wait(users.import_users({imported}, Deadline::max())).value(), 1U);
  EXPECT_EQ(code_of(sign_in("old@example.com", "")), ErrorCode::unauthenticated);
  EXPECT_EQ(code_of(sign_in("old@example.com", "guess")), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, ADeactivatedAccountIsForbiddenAfterTheRightPasswordOnly) {
  const auto admin = sign_up("admin@example.com"), ada = sign_up();
  ASSERT_TRUE(sync_wait(app.change_account(caller(admin.user), ada.user.id, {.is_active = false})));
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::forbidden);
  EXPECT_EQ(code_of(sign_in("ada@example.com", "wrong")), ErrorCode::unauthenticated);
  EXPECT_FALSE(is_alive(ada));
  EXPECT_TRUE(is_alive(admin));
  EXPECT_EQ(code_of(refresh(ada.refresh_token)), ErrorCode::unauthenticated);

  ASSERT_TRUE(sync_wait(app.change_account(caller(admin.user), ada.user.id, {.is_active = true})));
  EXPECT_TRUE(sign_in("ada@example.com", "correct horse"));
  EXPECT_FALSE(is_alive(ada)) << "its old tokens stay dead";
}

TEST_F(UserAppTest, ARoleChangeKillsOldTokensAndARefreshBringsTheNewRole) {
  const auto admin = sign_up("admin@example.com"), ada = sign_up();
  const auto changed = sync_wait(app.change_account(caller(admin.user), ada.user.id, {.role = Role::staff}));
  EXPECT_EQ(changed->role, Role::staff);
  EXPECT_FALSE(is_alive(ada));
  const auto fresh = refresh(ada.refresh_token);
  ASSERT_TRUE(fresh);
  EXPECT_TRUE(is_alive(*fresh)) << "also in the same second";
  EXPECT_EQ(claims_of(*fresh).role, Role::staff);
}

TEST_F(UserAppTest, AChangeToWhatIsSoAlreadyKillsNothing) {
  const auto admin = sign_up("admin@example.com"), ada = sign_up();
  ASSERT_TRUE(sync_wait(app.change_account(caller(admin.user), ada.user.id, {.role = Role::customer})));
  EXPECT_TRUE(is_alive(ada));
}

TEST_F(UserAppTest, AdminsKeepTheirOwnRights) {
  auto admin = sign_up("admin@example.com").user;
  admin.role = Role::admin;
  for (const auto& change : {AccountChange{.role = Role::staff}, AccountChange{.is_active = false}})
    EXPECT_EQ(code_of(sync_wait(app.change_account(caller(admin), admin.id, change))), ErrorCode::conflict);
  EXPECT_TRUE(
      sync_wait(app.change_account(caller(admin), admin.id, {.role = Role::admin, .is_active = true})));
  EXPECT_EQ(code_of(sync_wait(app.change_account(caller(admin), ids.next_id<UserId>(), {.is_active = true}))),
            ErrorCode::not_found);
}

TEST_F(UserAppTest, LoggingOutEndsThisSessionOnly) {
  const auto first = sign_up();
  const auto second = sign_in("ada@example.com", "correct horse").value();
  const auto session = claims_of(first).session;
  ASSERT_TRUE(sync_wait(app.log_out(caller(first.user), session)));
  ASSERT_TRUE(sync_wait(app.log_out(caller(first.user), session))) << "twice is no error";
  EXPECT_FALSE(is_alive(first));
  EXPECT_TRUE(is_alive(second));
  EXPECT_EQ(code_of(refresh(first.refresh_token)), ErrorCode::unauthenticated);
  EXPECT_TRUE(refresh(second.refresh_token));
}

TEST_F(UserAppTest, ARefreshTokenThatComesAgainEndsTheSession) {
  const auto first = sign_up();
  const auto second = refresh(first.refresh_token).value();
  EXPECT_NE(second.refresh_token, first.refresh_token);
  EXPECT_TRUE(is_alive(second));
  EXPECT_EQ(code_of(refresh(first.refresh_token)), ErrorCode::unauthenticated);
  EXPECT_FALSE(is_alive(second));
  EXPECT_EQ(code_of(refresh(second.refresh_token)), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, SessionsEndWithTheirLastTokenAndNoTokenOutlivesThem) {
  const auto first = sign_up();
  clock.advance(std::chrono::hours{24 * 30 - 1});
  const auto last = refresh(first.refresh_token).value();
  EXPECT_EQ(last.expires_in, std::chrono::hours{1});
  clock.advance(std::chrono::hours{1});
  EXPECT_FALSE(is_alive(last));
  EXPECT_EQ(code_of(refresh(last.refresh_token)), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, GuessesAreThrottledAndSuccessResets) {
  sign_up();
  Result<SignedIn> answer = sign_in("ada@example.com", "wrong");
  int attempts = 1;
  while (answer.error().code == ErrorCode::unauthenticated && attempts < 100) {
    answer = sign_in("ada@example.com", "wrong");
    ++attempts;
  }
  EXPECT_EQ(attempts, 12);
  EXPECT_EQ(code_of(answer), ErrorCode::rate_limited);
  const auto hashes = hasher.verified.size();
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::rate_limited);
  EXPECT_EQ(hasher.verified.size(), hashes) << "what is refused costs no hash";
  clock.advance(answer.error().retry_after);
  EXPECT_TRUE(sign_in("ada@example.com", "correct horse"));
  EXPECT_EQ(code_of(sign_in("ada@example.com", "wrong")), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, AnOverloadedHasherIsNotTheAccountsFault) {
  sign_up();
  hasher.failure = Error{ErrorCode::overloaded, "busy", {}};
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::overloaded);
  hasher.failure.reset();
  EXPECT_TRUE(sign_in("ada@example.com", "correct horse"));
}

TEST_F(UserAppTest, AnOutdatedHashIsReplacedOnSignIn) {
  const auto id = sign_up().user.id;
  store.find({"main"}, id)->password_hash = "plain9:correct horse";
  EXPECT_FALSE(sign_in("ada@example.com", "wrong"));
  EXPECT_EQ(store.find({"main"}, id)->password_hash, "plain9:correct horse");
  const auto session = sign_in("ada@example.com", "correct horse");
  ASSERT_TRUE(session);
  EXPECT_EQ(store.find({"main"}, id)->password_hash, "plain1:correct horse");
  EXPECT_TRUE(is_alive(*session));
}

TEST_F(UserAppTest, APasswordThatChangesDuringTheSignInLetsNobodyIn) {
  const auto ada = sign_up();
  hasher.while_verifying = [&] {
    store.find({"main"}, ada.user.id)->password_hash = "plain1:another horse";
    store.find({"main"}, ada.user.id)->rights_since += milliseconds{1};
  };
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::unauthenticated);
  EXPECT_EQ(store.sessions.size(), 1U) << "only the one from the registration";
}

TEST_F(UserAppTest, ACodeSignsInOnceAndSoon) {
  const auto ada = sign_up();
  const auto code = sync_wait(app.issue_sign_in_code(nobody, ada.user.id)).value();
  const auto session = sync_wait(app.log_in_with_code(nobody, code));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->user.id, ada.user.id);
  EXPECT_TRUE(is_alive(*session));
  EXPECT_EQ(code_of(sync_wait(app.log_in_with_code(nobody, code))), ErrorCode::unauthenticated);
  EXPECT_EQ(code_of(sync_wait(app.log_in_with_code(nobody, "unknown"))), ErrorCode::unauthenticated);

  const auto late = sync_wait(app.issue_sign_in_code(nobody, ada.user.id)).value();
  clock.advance(std::chrono::minutes{15});
  EXPECT_EQ(code_of(sync_wait(app.log_in_with_code(nobody, late))), ErrorCode::unauthenticated);
}

TEST_F(UserAppTest, TheOperatorMakesAccountsOfAnyRole) {
  const auto made =
      sync_wait(app.create_user(nobody, {"root@example.com", Role::admin, "correct horse"})).value();
  EXPECT_TRUE(made.is_new);
  EXPECT_EQ(sign_in("root@example.com", "correct horse")->user.role, Role::admin);
  const auto silent =
      sync_wait(app.create_user(nobody, {"demo@example.com", Role::analyst, std::nullopt})).value();
  EXPECT_TRUE(silent.user.password_hash.empty());
}

TEST_F(UserAppTest, TheOperatorsMistakesAreAllNamed) {
  const auto bad = sync_wait(app.create_user(nobody, {"nobody", Role::admin, "short", "A", ""}));
  ASSERT_FALSE(bad);
  EXPECT_EQ(code_of(bad), ErrorCode::validation_failed);
  EXPECT_EQ(bad.error().fields.size(), 4U);
}

TEST_F(UserAppTest, AnExistingAccountIsUpdatedOnlyWhenAskedFor) {
  const auto ada = sign_up();
  NewAccount account{.email = "Ada@example.com", .role = Role::admin, .password = "another horse"};
  const auto refused = sync_wait(app.create_user(nobody, account));
  EXPECT_EQ(code_of(refused), ErrorCode::conflict);
  EXPECT_TRUE(sign_in("ada@example.com", "correct horse"));

  account.update_existing = true;
  const auto updated = sync_wait(app.create_user(nobody, account)).value();
  EXPECT_FALSE(updated.is_new);
  EXPECT_EQ(updated.user.id, ada.user.id);
  EXPECT_EQ(updated.user.role, Role::admin);
  EXPECT_FALSE(is_alive(ada));
  EXPECT_EQ(code_of(refresh(ada.refresh_token)), ErrorCode::unauthenticated)
      << "a new password ends the sessions";
  EXPECT_FALSE(sign_in("ada@example.com", "correct horse"));
  EXPECT_TRUE(sign_in("ada@example.com", "another horse"));
}

TEST_F(UserAppTest, TheFeedHoldsWhatOtherProcessesMustKnow) {
  const auto ada = sign_up(), eve = sign_up("eve@example.com");
  ASSERT_TRUE(sync_wait(app.log_out(caller(ada.user), claims_of(ada).session)));
  ASSERT_TRUE(sync_wait(app.change_account(caller(ada.user), eve.user.id, {.role = Role::staff})));
  auth::Revocations elsewhere(clock);
  const auto feed = sync_wait(app.revocation_feed.read(0, Deadline::max())).value();
  ASSERT_EQ(feed.revocations.size(), 2U);
  elsewhere.apply(feed.revocations);
  EXPECT_TRUE(elsewhere.is_revoked(claims_of(ada)));
  EXPECT_TRUE(elsewhere.is_revoked(claims_of(eve)));
  EXPECT_TRUE(sync_wait(app.revocation_feed.read(feed.last, Deadline::max()))->revocations.empty());
}

TEST_F(UserAppTest, ProfilesChangeAndKeepTheRest) {
  const auto ada = sign_up();
  sign_up("eve@example.com");
  clock.advance(seconds{1});
  const auto changed = sync_wait(app.update_profile(caller(ada.user), {.first_name = "Augusta"})).value();
  EXPECT_EQ(changed.last_name, "Lovelace");
  EXPECT_EQ(changed.updated_at, clock.now());
  EXPECT_EQ(sync_wait(app.get_profile(caller(ada.user))).value(), changed);
  EXPECT_TRUE(is_alive(ada)) << "a profile is no right";
  EXPECT_EQ(code_of(sync_wait(app.update_profile(caller(ada.user), {.email = "EVE@example.com"}))),
            ErrorCode::conflict);
  EXPECT_TRUE(sync_wait(app.update_profile(caller(ada.user), {.email = "ADA@example.com"})));
}

}  // namespace
}  // namespace cloudcart::user
