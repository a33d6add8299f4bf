// Passwords that change, the first admin, accounts that are erased.
#include "support/user_app_fixture.h"

namespace cloudcart::user {
namespace {

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

TEST_F(UserAppTest, GuessingThePresentPasswordIsSlowedDownWhateverTheEmailIs) {
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
  ASSERT_TRUE(sync_wait(app.update_profile(caller(session.user), {.email = "other@example.com"})));
  EXPECT_EQ(code_of(guess()), ErrorCode::rate_limited) << "another e-mail is the same account";
  EXPECT_TRUE(sign_in("other@example.com", "correct horse")) << "signing in is counted apart";
  EXPECT_TRUE(is_alive(session)) << "a guess ends nothing";
  clock.advance(ThrottleOptions{}.longest_wait);
  EXPECT_TRUE(
      sync_wait(app.change_password(caller(session.user), {"correct horse", "better horse", "10.0.0.1"})));
}

TEST_F(UserAppTest, StrangersDoNotHoldUpWhoIsSignedIn) {
  const auto session = sign_up();
  for (int i = 0; i < 20; ++i) sign_in("ada@example.com", "wrong", "10.9.9.9");
  ASSERT_EQ(code_of(sign_in("ada@example.com", "correct horse")), ErrorCode::rate_limited);
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
