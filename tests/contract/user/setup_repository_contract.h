#pragma once

#include "contract/user/user_stores_contract.h"
#include "user/ports/setup_repository.h"

namespace cloudcart::test {

template <class Stores>
class SetupRepositoryContract : public UserStoresContract<Stores> {
 protected:
  user::SetupRepository& setup = this->stores.setup;

  user::SetupToken token(std::string hash) {
    return {this->shop, std::move(hash), this->clock.now(), this->clock.now() + std::chrono::hours{1}};
  }
  bool offer(std::string hash) {
    return sync_wait(setup.offer(token(std::move(hash)), this->no_deadline)).value();
  }
  bool is_open() {
    return sync_wait(setup.is_open(this->shop, this->clock.now(), this->no_deadline)).value();
  }
  bool is_good(std::string hash) {
    return sync_wait(setup.is_good(this->shop, std::move(hash), this->clock.now(), this->no_deadline))
        .value();
  }
  Result<bool> take(std::string hash, std::string email = "owner@example.com") {
    auto admin = this->new_user(std::move(email));
    admin.role = Role::admin;
    const auto session = this->new_session(admin, "refresh of " + admin.id.to_string());
    return sync_wait(setup.take(std::move(hash), admin, session, this->no_deadline));
  }
};

TYPED_TEST_SUITE_P(SetupRepositoryContract);

TYPED_TEST_P(SetupRepositoryContract, ATokenMakesOneAdmin) {
  EXPECT_FALSE(this->is_open());
  EXPECT_TRUE(this->offer("one"));
  EXPECT_TRUE(this->is_open());
  EXPECT_TRUE(this->is_good("one"));
  EXPECT_FALSE(this->is_good("two"));
  EXPECT_FALSE(this->take("two").value());
  EXPECT_TRUE(this->is_open()) << "a wrong one uses nothing up";
  EXPECT_TRUE(this->take("one").value());
  const auto admin =
      sync_wait(this->users.find_by_email(this->shop, "owner@example.com", this->no_deadline)).value();
  ASSERT_TRUE(admin);
  EXPECT_EQ(admin->role, Role::admin);
  EXPECT_TRUE(this->refresh("refresh of " + admin->id.to_string(), "next").refreshed);
  EXPECT_FALSE(this->is_open());
  EXPECT_FALSE(this->is_good("one"));
  EXPECT_FALSE(this->take("one", "second@example.com").value());
  EXPECT_FALSE(this->offer("three"));
}

TYPED_TEST_P(SetupRepositoryContract, OneTokenAtATime) {
  EXPECT_TRUE(this->offer("one"));
  EXPECT_FALSE(this->offer("two"));
  this->clock.advance(std::chrono::hours{1});
  EXPECT_FALSE(this->is_open());
  EXPECT_FALSE(this->is_good("one"));
  EXPECT_FALSE(this->take("one").value());
  EXPECT_TRUE(this->offer("two"));
  EXPECT_FALSE(this->take("one").value());
  EXPECT_TRUE(this->take("two").value());
}

TYPED_TEST_P(SetupRepositoryContract, AnAdminMadeOtherwiseClosesIt) {
  EXPECT_TRUE(this->offer("one"));
  auto admin = this->new_user("other@example.com");
  admin.role = Role::admin;
  ASSERT_TRUE(sync_wait(this->users.add(admin, std::nullopt, this->no_deadline)));
  EXPECT_FALSE(this->is_open());
  EXPECT_FALSE(this->take("one").value());
}

TYPED_TEST_P(SetupRepositoryContract, CustomersAndOtherShopsDoNot) {
  this->added("customer@example.com");
  auto elsewhere = this->new_user("admin@example.org");
  elsewhere.tenant = this->other_shop;
  elsewhere.role = Role::admin;
  ASSERT_TRUE(sync_wait(this->users.add(elsewhere, std::nullopt, this->no_deadline)));
  EXPECT_TRUE(this->offer("one"));
  EXPECT_TRUE(this->is_open());
}

TYPED_TEST_P(SetupRepositoryContract, ATakenAddressLeavesTheToken) {
  this->added("owner@example.com");
  EXPECT_TRUE(this->offer("one"));
  EXPECT_EQ(this->take("one").error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->is_open());
  EXPECT_TRUE(this->take("one", "free@example.com").value());
}

TYPED_TEST_P(SetupRepositoryContract, OfTwoAtOnceOneIsTheAdmin) {
  EXPECT_TRUE(this->offer("one"));
  std::vector<Task<Result<bool>>> calls;
  for (const auto* email : {"a@example.com", "b@example.com", "c@example.com"}) {
    auto admin = this->new_user(email);
    admin.role = Role::admin;
    const auto session = this->new_session(admin, email);
    calls.push_back(this->setup.take("one", admin, session, this->no_deadline));
  }
  const auto answers = this->at_once(std::move(calls));
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer && *answer; }), 1);
}

REGISTER_TYPED_TEST_SUITE_P(SetupRepositoryContract, ATokenMakesOneAdmin, OneTokenAtATime,
                            AnAdminMadeOtherwiseClosesIt, CustomersAndOtherShopsDoNot,
                            ATakenAddressLeavesTheToken, OfTwoAtOnceOneIsTheAdmin);

}  // namespace cloudcart::test
