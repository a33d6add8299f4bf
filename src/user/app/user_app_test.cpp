#include "user/app/user_app.h"

#include <gtest/gtest.h>

#include "adapters/memory/user/memory_erasure_repository.h"
#include "adapters/memory/user/memory_session_repository.h"
#include "adapters/memory/user/memory_setup_repository.h"
#include "adapters/memory/user/memory_user_repository.h"
#include "adapters/memory/user/plain_password_hasher.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart::user {
namespace {

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

TEST_F(UserAppTest, ANewPasswordEndsEverySessionAndOpensOne) {
  const auto first = sign_up(), second = sign_in("ada@example.com", "correct horse").value();
  const auto changed =
      sync_wait(app.change_password(caller(first.user), {"correct horse", "better horse", "10.0.0.1"}));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_FALSE(is_alive(first));
  EXPECT_FALSE(is_alive(second));
  EXPECT_FALSE(refresh(first.refresh_token));
  EXPECT_FALSE(refresh(second.refresh_token));
  EXPECT_TRUE(is_alive(*changed));
  EXPECT_TRUE(refresh(changed->refresh_token));
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::unauthenticated);
  EXPECT_TRUE(sign_in("ada@example.com", "better horse"));
}

TEST_F(UserAppTest, GuessingThePresentPasswordIsSlowedDownTogetherWithSignIns) {
  const auto session = sign_up();
  const auto guess = [&] {
    return sync_wait(app.change_password(caller(session.user), {"wrong horse", "better horse", "10.0.0.1"}));
  };
  const auto wrong = guess();
  EXPECT_EQ(code_of(wrong), ErrorCode::validation_failed);
  EXPECT_EQ(wrong.error().fields.front().field, "current_password");
  for (int i = 1; i < ThrottleOptions{}.account.free_failures; ++i) guess();
  EXPECT_EQ(code_of(guess()), ErrorCode::validation_failed) << "the first that is not free";
  EXPECT_EQ(code_of(guess()), ErrorCode::rate_limited);
  EXPECT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::rate_limited);
  EXPECT_TRUE(is_alive(session)) << "a guess ends nothing";
  clock.advance(ThrottleOptions{}.longest_wait);
  EXPECT_TRUE(
      sync_wait(app.change_password(caller(session.user), {"correct horse", "better horse", "10.0.0.1"})));
}

TEST_F(UserAppTest, AnAdminsCodeSetsANewPasswordOnce) {
  const auto session = sign_up();
  const auto issued = sync_wait(app.issue_sign_in_code.for_reset(nobody, session.user.id)).value();
  EXPECT_EQ(issued.expires_at, clock.now() + SessionOptions{}.reset_lifetime);
  const auto reset = sync_wait(app.change_password.by_code(nobody, issued.code, "better horse"));
  ASSERT_TRUE(reset) << reset.error().message;
  EXPECT_TRUE(is_alive(*reset));
  EXPECT_FALSE(is_alive(session));
  EXPECT_TRUE(sign_in("ada@example.com", "better horse"));
  EXPECT_EQ(code_of(sync_wait(app.change_password.by_code(nobody, issued.code, "third horse"))),
            ErrorCode::unauthenticated);
  EXPECT_TRUE(sign_in("ada@example.com", "better horse"));
}

TEST_F(UserAppTest, AResetCodeExpiresAndIsForActiveAccounts) {
  const auto session = sign_up();
  const auto issued = sync_wait(app.issue_sign_in_code.for_reset(nobody, session.user.id)).value();
  clock.advance(SessionOptions{}.reset_lifetime);
  EXPECT_EQ(code_of(sync_wait(app.change_password.by_code(nobody, issued.code, "better horse"))),
            ErrorCode::unauthenticated);
  EXPECT_EQ(code_of(sync_wait(app.issue_sign_in_code.for_reset(nobody, UserId{}))), ErrorCode::not_found);
  store.find({"main"}, session.user.id)->is_active = false;
  EXPECT_EQ(code_of(sync_wait(app.issue_sign_in_code.for_reset(nobody, session.user.id))),
            ErrorCode::forbidden);
}

TEST_F(UserAppTest, TheSetupTokenMakesTheFirstAdminOnce) {
  const Registration owner{"owner@example.com", "correct horse", "Olga", "Owner"};
  EXPECT_FALSE(sync_wait(app.set_up_shop.is_open(nobody)).value());
  const auto token = sync_wait(app.set_up_shop.offer(nobody)).value();
  ASSERT_TRUE(token);
  EXPECT_FALSE(sync_wait(app.set_up_shop.offer(nobody)).value()) << "one that is good is out already";
  EXPECT_NE(store.setup_tokens.at("main").hash, *token) << "what is stored opens nothing";
  EXPECT_TRUE(sync_wait(app.set_up_shop.is_open(nobody)).value());
  EXPECT_EQ(code_of(sync_wait(app.set_up_shop(nobody, "guessed", owner))), ErrorCode::unauthenticated);
  const auto made = sync_wait(app.set_up_shop(nobody, *token, owner));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->user.role, Role::admin);
  EXPECT_TRUE(is_alive(*made));
  EXPECT_TRUE(sign_in("owner@example.com", "correct horse"));
  EXPECT_EQ(code_of(sync_wait(app.set_up_shop(nobody, *token, owner))), ErrorCode::unauthenticated);
  EXPECT_FALSE(sync_wait(app.set_up_shop.is_open(nobody)).value());
  EXPECT_FALSE(sync_wait(app.set_up_shop.offer(nobody)).value());
}

TEST_F(UserAppTest, TheSetupTokenExpiresAndAnotherIsOffered) {
  const Registration owner{"owner@example.com", "correct horse", "Olga", "Owner"};
  const auto token = sync_wait(app.set_up_shop.offer(nobody)).value();
  clock.advance(SessionOptions{}.setup_lifetime);
  EXPECT_EQ(code_of(sync_wait(app.set_up_shop(nobody, *token, owner))), ErrorCode::unauthenticated);
  const auto next = sync_wait(app.set_up_shop.offer(nobody)).value();
  ASSERT_TRUE(next);
  EXPECT_EQ(code_of(sync_wait(app.set_up_shop(nobody, *token, owner))), ErrorCode::unauthenticated);
  EXPECT_TRUE(sync_wait(app.set_up_shop(nobody, *next, owner)));
}

TEST_F(UserAppTest, TheOwnerErasesTheAccountByThePassword) {
  const auto session = sign_up();
  const auto wrong = erase(session.user, session.user.id, "a guess");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::validation_failed);
  EXPECT_TRUE(is_alive(session));
  const auto erased = erase(session.user, session.user.id, "correct horse");
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_TRUE(erased->state.by_owner);
  EXPECT_FALSE(is_alive(session));
  EXPECT_EQ(sign_in("ada@example.com", "correct horse").error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(refresh(session.refresh_token).error().code, ErrorCode::unauthenticated);
  const auto state = sync_wait(app.read_erasure.by_receipt(nobody, erased->receipt.value()));
  EXPECT_EQ(state->erasure.user, session.user.id);
  EXPECT_EQ(sync_wait(app.read_erasure.by_receipt(nobody, "another")).error().code, ErrorCode::not_found);
}

TEST_F(UserAppTest, GuessingThePasswordOfAnErasureIsThrottled) {
  const auto session = sign_up();
  ErrorCode last{};
  for (int i = 0; i < 15; ++i) last = erase(session.user, session.user.id, "a guess").error().code;
  EXPECT_EQ(last, ErrorCode::rate_limited);
}

TEST_F(UserAppTest, OthersAreErasedByAdminsAlone) {
  const auto ada = sign_up().user, eve = sign_up("eve@example.com").user;
  auto admin = eve, staff = eve;
  admin.role = Role::admin;
  staff.role = Role::staff;
  EXPECT_EQ(erase(eve, ada.id, "correct horse").error().code, ErrorCode::not_found);
  EXPECT_EQ(erase(staff, ada.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(erase(admin, admin.id, "correct horse").error().code, ErrorCode::conflict);
  const auto erased = erase(admin, ada.id).value();
  EXPECT_FALSE(erased.state.by_owner);
  EXPECT_TRUE(erased.receipt);
  EXPECT_FALSE(erase(admin, ada.id)->receipt);
}

TEST_F(UserAppTest, WhoIsErasedWhileSigningInIsNotLetIn) {
  const auto ada = sign_up().user;
  hasher.while_verifying = [&] { sync_wait(app.erase_account.as_operator(nobody, ada.id)).value(); };
  EXPECT_EQ(sign_in("ada@example.com", "correct horse").error().code, ErrorCode::unauthenticated);
}

}  // namespace
}  // namespace cloudcart::user
