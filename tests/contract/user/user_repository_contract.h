#pragma once

#include "contract/user/user_stores_contract.h"

namespace cloudcart::test {

template <class Stores>
class UserRepositoryContract : public UserStoresContract<Stores> {};
TYPED_TEST_SUITE_P(UserRepositoryContract);

TYPED_TEST_P(UserRepositoryContract, WhatIsAddedIsFoundWhole) {
  auto user = this->new_user("Zoë.o'Brien+1@example.com");
  user.first_name = "王小明 \"quoted\" 😀";
  user.last_name = "'); DROP TABLE user;--";
  user.role = Role::analyst;
  user.is_active = false;
  ASSERT_TRUE(sync_wait(this->users.add(user, std::nullopt, this->no_deadline)));
  EXPECT_EQ(this->find(user.id), user);
  EXPECT_EQ(sync_wait(this->users.find_by_email(this->shop, user.email, this->no_deadline)).value(), user);
}

TYPED_TEST_P(UserRepositoryContract, ManyAreFoundInTheOrderAskedFor) {
  const auto a = this->added("a@example.com"), b = this->added("b@example.com");
  const auto unknown = this->ids.template next_id<UserId>();
  const auto found =
      sync_wait(this->users.find(this->shop, {b.id, unknown, a.id}, this->no_deadline)).value();
  EXPECT_EQ(found, (std::vector{b, a}));
}

TYPED_TEST_P(UserRepositoryContract, AnEmailIsOnceInATenantWhateverItsCase) {
  this->added("ada@example.com");
  const auto again =
      sync_wait(this->users.add(this->new_user("ADA@Example.COM"), std::nullopt, this->no_deadline));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(again.error().fields.at(0).field, "email");
  auto elsewhere = this->new_user("ada@example.com");
  elsewhere.tenant = this->other_shop;
  EXPECT_TRUE(sync_wait(this->users.add(elsewhere, std::nullopt, this->no_deadline)));
  EXPECT_TRUE(sync_wait(this->users.find_by_email(this->shop, "aDa@example.com", this->no_deadline)).value());
  EXPECT_FALSE(
      sync_wait(this->users.find_by_email(this->shop, "eve@example.com", this->no_deadline)).value());
}

TYPED_TEST_P(UserRepositoryContract, AccountAndFirstSessionAreBothAddedOrNeither) {
  const auto user = this->new_user("ada@example.com");
  ASSERT_TRUE(sync_wait(this->users.add(user, this->new_session(user, "token 1"), this->no_deadline)));
  const auto again = this->new_user("ada@example.com");
  ASSERT_FALSE(sync_wait(this->users.add(again, this->new_session(again, "token 2"), this->no_deadline)));
  EXPECT_FALSE(this->refresh("token 2", "token 3").refreshed);
  EXPECT_EQ(this->refresh("token 1", "token 4").refreshed->user, user);
}

TYPED_TEST_P(UserRepositoryContract, OfRegistrationsAtOnceOneGetsTheEmail) {
  std::vector<Task<Status>> calls;
  for (int i = 0; i < 16; ++i)
    calls.push_back(this->users.add(this->new_user("ada@example.com"), std::nullopt, this->no_deadline));
  const auto answers = this->at_once(std::move(calls));
  EXPECT_EQ(std::ranges::count_if(answers, [](const Status& status) { return status.has_value(); }), 1);
  EXPECT_EQ(sync_wait(this->users.count(this->shop, this->no_deadline)).value(), 1);
}

TYPED_TEST_P(UserRepositoryContract, TenantsDoNotSeeEachOther) {
  const auto user = this->added("ada@example.com");
  EXPECT_TRUE(sync_wait(this->users.find(this->other_shop, {user.id}, this->no_deadline)).value().empty());
  EXPECT_FALSE(sync_wait(this->users.find_by_email(this->other_shop, user.email, this->no_deadline)).value());
  EXPECT_EQ(sync_wait(this->users.count(this->other_shop, this->no_deadline)).value(), 0);
  EXPECT_EQ(sync_wait(this->users.list(this->other_shop, {}, this->no_deadline)).value().total, 0);
  const auto change = sync_wait(this->users.change_account(this->other_shop, user.id, {.role = Role::admin},
                                                           this->clock.now(), this->no_deadline));
  EXPECT_EQ(change.error().code, ErrorCode::not_found);
  EXPECT_EQ(this->find(user.id), user);
}

TYPED_TEST_P(UserRepositoryContract, PagesByNumberAndByCursorAreTheSameNewestFirst) {
  std::vector<user::User> newest_first;
  for (int i = 0; i < 7; ++i)
    newest_first.insert(newest_first.begin(), this->added(std::to_string(i) + "@example.com"));
  std::optional<UserId> before;
  std::vector<user::User> read;
  for (int page = 0; page < 3; ++page) {
    const auto numbered =
        sync_wait(this->users.list(this->shop, {.limit = 3, .offset = page * 3}, this->no_deadline)).value();
    const auto followed =
        page == 0 ? numbered
                  : sync_wait(this->users.list(this->shop, {.limit = 3, .before = before}, this->no_deadline))
                        .value();
    EXPECT_EQ(numbered.users, followed.users);
    EXPECT_EQ(numbered.total, 7);
    EXPECT_EQ(followed.next.has_value(), page < 2);
    before = followed.next;
    read.insert(read.end(), followed.users.begin(), followed.users.end());
  }
  EXPECT_EQ(read, newest_first);
  const auto beyond =
      sync_wait(this->users.list(this->shop, {.limit = 3, .offset = 9}, this->no_deadline)).value();
  EXPECT_TRUE(beyond.users.empty());
  EXPECT_FALSE(beyond.next);
  EXPECT_EQ(sync_wait(this->users.count(this->shop, this->no_deadline)).value(), 7);
}

TYPED_TEST_P(UserRepositoryContract, AProfileChangesInPart) {
  auto user = this->added("ada@example.com");
  const auto later = this->clock.now() + seconds{5};
  const auto changed = sync_wait(
      this->users.change_profile(this->shop, user.id, {.last_name = "King"}, later, this->no_deadline));
  user.last_name = "King";
  user.updated_at = later;
  EXPECT_EQ(changed.value(), user);
  EXPECT_EQ(this->find(user.id), user);
  const auto earlier = later - seconds{60};
  EXPECT_EQ(sync_wait(this->users.change_profile(this->shop, user.id, {.first_name = "A."}, earlier,
                                                 this->no_deadline))
                ->updated_at,
            later)
      << "time does not go back";
}

TYPED_TEST_P(UserRepositoryContract, AnEmailMovesOnlyToAFreeOne) {
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  const auto now = this->clock.now();
  const auto taken = sync_wait(
      this->users.change_profile(this->shop, eve.id, {.email = "ADA@example.com"}, now, this->no_deadline));
  EXPECT_EQ(taken.error().code, ErrorCode::conflict);
  EXPECT_EQ(this->find(eve.id), eve);
  EXPECT_TRUE(sync_wait(
      this->users.change_profile(this->shop, eve.id, {.email = "EVE@example.com"}, now, this->no_deadline)))
      << "one's own in another case";
  EXPECT_TRUE(sync_wait(
      this->users.change_profile(this->shop, ada.id, {.email = "new@example.com"}, now, this->no_deadline)));
  EXPECT_FALSE(
      sync_wait(this->users.find_by_email(this->shop, "ada@example.com", this->no_deadline)).value());
  EXPECT_TRUE(sync_wait(
      this->users.change_profile(this->shop, eve.id, {.email = "ada@example.com"}, now, this->no_deadline)));
  const auto unknown = this->ids.template next_id<UserId>();
  EXPECT_EQ(
      sync_wait(this->users.change_profile(this->shop, unknown, {.first_name = "Xi"}, now, this->no_deadline))
          .error()
          .code,
      ErrorCode::not_found);
}

TYPED_TEST_P(UserRepositoryContract, AChangeOfRoleRevokesTokensAndKeepsSessions) {
  const auto user = this->added("ada@example.com");
  this->opened(user, "token 1");
  const auto last = this->opened(user, "token 2");
  const auto now = this->clock.now() + seconds{1};
  const auto changed = sync_wait(this->users.change_account(this->shop, user.id, {.role = Role::staff}, now,
                                                            this->no_deadline))
                           .value();
  EXPECT_EQ(changed.user.role, Role::staff);
  EXPECT_EQ(changed.user.rights_since, now);
  EXPECT_EQ(this->find(user.id), changed.user);
  ASSERT_EQ(changed.revoked.size(), 1U);
  EXPECT_EQ(changed.revoked[0].what,
            (std::variant<auth::SessionEnded, auth::RightsChanged>{auth::RightsChanged{user.id, now}}));
  EXPECT_EQ(changed.revoked[0].expires_at, last.access_expires_at)
      << "when the last token that is meant expires";
  EXPECT_EQ(this->feed().revocations, changed.revoked);
  EXPECT_EQ(this->refresh("token 1", "token 3").refreshed->user, changed.user);
}

TYPED_TEST_P(UserRepositoryContract, DeactivationAndANewPasswordEndTheSessions) {
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  const std::vector<std::pair<user::User, user::AccountChange>> changes{{ada, {.is_active = false}},
                                                                        {eve, {.password_hash = "new hash"}}};
  for (const auto& [user, change] : changes) {
    this->opened(user, user.email);
    const auto changed = sync_wait(
        this->users.change_account(this->shop, user.id, change, this->clock.now(), this->no_deadline));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->revoked.size(), 1U);
    EXPECT_FALSE(this->refresh(user.email, "next").refreshed);
  }
}

TYPED_TEST_P(UserRepositoryContract, AChangeToWhatIsSoChangesNothing) {
  const auto user = this->added("ada@example.com");
  this->opened(user, "token");
  const user::AccountChange same{.role = user.role, .is_active = true, .password_hash = user.password_hash};
  const auto changed = sync_wait(this->users.change_account(
      this->shop, user.id, same, this->clock.now() + seconds{9}, this->no_deadline));
  EXPECT_EQ(changed->user, user);
  EXPECT_TRUE(changed->revoked.empty());
  EXPECT_TRUE(this->feed().revocations.empty());
  EXPECT_TRUE(this->refresh("token", "next").refreshed);
}

TYPED_TEST_P(UserRepositoryContract, WhereNobodyIsSignedInNothingIsRevoked) {
  const auto user = this->added("ada@example.com");
  const auto changed = sync_wait(this->users.change_account(this->shop, user.id, {.role = Role::admin},
                                                            this->clock.now(), this->no_deadline));
  EXPECT_TRUE(changed->revoked.empty());
  EXPECT_GT(changed->user.rights_since, user.rights_since) << "moves on also within a millisecond";
}

TYPED_TEST_P(UserRepositoryContract, APasswordChangesOnlyWhileItIsWhatWasChecked) {
  const auto user = this->added("ada@example.com");
  const auto change = [&](std::string from, std::string to) {
    user::AccountChange wanted{.password_hash = std::move(to), .while_password_hash = std::move(from)};
    return sync_wait(this->users.change_account(this->shop, user.id, std::move(wanted), this->clock.now(),
                                                this->no_deadline));
  };
  EXPECT_EQ(change("stale", "x").error().code, ErrorCode::conflict);
  EXPECT_EQ(this->find(user.id), user);
  EXPECT_EQ(change("hash", "new hash")->user.password_hash, "new hash");
  EXPECT_EQ(change("hash", "other hash").error().code, ErrorCode::conflict);
}

TYPED_TEST_P(UserRepositoryContract, APasswordHashIsReplacedUnlessItChanged) {
  const auto user = this->added("ada@example.com");
  const auto replace = [&](std::string from, std::string to) {
    EXPECT_TRUE(sync_wait(this->users.replace_password_hash(this->shop, user.id, std::move(from),
                                                            std::move(to), this->no_deadline)));
    return this->find(user.id);
  };
  EXPECT_EQ(replace("stale", "x")->password_hash, "hash");
  const auto after = replace("hash", "better hash");
  EXPECT_EQ(after->password_hash, "better hash");
  EXPECT_EQ(after->rights_since, user.rights_since);
}

TYPED_TEST_P(UserRepositoryContract, AccountsAreFoundByHowTheirAddressOrNameBegins) {
  const auto named = [this](std::string email, std::string first, std::string last) {
    auto user = this->new_user(std::move(email));
    user.first_name = std::move(first);
    user.last_name = std::move(last);
    EXPECT_TRUE(sync_wait(this->users.add(user, std::nullopt, this->no_deadline)));
    return user;
  };
  const auto grace = named("grace@example.com", "Grace", "Hopper");
  const auto ada = named("ada@example.com", "Ada", "Lovelace");
  const auto zoe = named("B.zoe@example.com", "Zoë", "Öztürk");
  const auto hope = named("c@example.com", "Hope", "100%_sure");
  auto elsewhere = this->new_user("ada@example.org");
  elsewhere.tenant = this->other_shop;
  ASSERT_TRUE(sync_wait(this->users.add(elsewhere, std::nullopt, this->no_deadline)));

  const auto found = [this](std::string beginning, std::int64_t limit = 10) {
    return sync_wait(this->users.search(this->shop, {.beginning = std::move(beginning), .limit = limit},
                                        this->no_deadline))
        .value();
  };
  EXPECT_EQ(found("ADA@"), (std::vector{ada}));
  EXPECT_EQ(found("lovel"), (std::vector{ada}));
  EXPECT_EQ(found("grace hop"), (std::vector{grace}));
  EXPECT_EQ(found("hop"), (std::vector{hope, grace})) << "by first and by last name, each once, by address";
  EXPECT_EQ(found("hop", 1), (std::vector{hope}));
  EXPECT_EQ(found("b.ZOE"), (std::vector{zoe}));
  EXPECT_EQ(found("Zo\u00eb"), (std::vector{zoe}));
  EXPECT_EQ(found("Öz"), (std::vector{zoe}));
  EXPECT_EQ(found("100%_"), (std::vector{hope})) << "no sign stands for others";
  EXPECT_TRUE(found("%").empty());
  EXPECT_TRUE(found("example").empty());
}

TYPED_TEST_P(UserRepositoryContract, AnImportCanBeRepeatedAndOverwritesNothing) {
  const auto known = this->added("known@example.com");
  auto same_id = known;
  same_id.email = "other@example.com";
  auto same_email = this->new_user("KNOWN@example.com");
  const auto fresh = this->new_user("fresh@example.com");
  const std::vector import{same_id, same_email, fresh, fresh};
  EXPECT_EQ(sync_wait(this->users.import_users(import, this->no_deadline)).value(), 1U);
  EXPECT_EQ(sync_wait(this->users.import_users(import, this->no_deadline)).value(), 0U);
  EXPECT_EQ(this->find(known.id), known);
  EXPECT_EQ(this->find(fresh.id), fresh);
  EXPECT_FALSE(this->find(same_email.id));
  EXPECT_EQ(sync_wait(this->users.count(this->shop, this->no_deadline)).value(), 2);
}

REGISTER_TYPED_TEST_SUITE_P(
    UserRepositoryContract, WhatIsAddedIsFoundWhole, ManyAreFoundInTheOrderAskedFor,
    AnEmailIsOnceInATenantWhateverItsCase, AccountAndFirstSessionAreBothAddedOrNeither,
    OfRegistrationsAtOnceOneGetsTheEmail, TenantsDoNotSeeEachOther,
    PagesByNumberAndByCursorAreTheSameNewestFirst, AProfileChangesInPart, AnEmailMovesOnlyToAFreeOne,
    AChangeOfRoleRevokesTokensAndKeepsSessions, DeactivationAndANewPasswordEndTheSessions,
    AChangeToWhatIsSoChangesNothing, WhereNobodyIsSignedInNothingIsRevoked,
    APasswordChangesOnlyWhileItIsWhatWasChecked, APasswordHashIsReplacedUnlessItChanged,
    AccountsAreFoundByHowTheirAddressOrNameBegins, AnImportCanBeRepeatedAndOverwritesNothing);

}  // namespace cloudcart::test
